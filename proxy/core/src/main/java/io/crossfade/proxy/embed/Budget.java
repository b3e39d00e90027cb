package io.crossfade.proxy.embed;

import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;

/**
 * How many requests and tokens a minute may use: one bucket for each, which holds one second's worth (at least one
 * request) and fills steadily. A request waits until no bucket is in debt; what it costs may put one into debt, so that
 * a large request is delayed and not stuck. Thread-safe.
 */
final class Budget {
    private static final long NANOS_PER_MINUTE = 60_000_000_000L;
    private static final int CHARACTERS_PER_TOKEN = 4;

    private final Bucket requests;
    private final Bucket tokens;
    private final Time time;
    private long pausedUntil;

    Budget(int requestsPerMinute, int tokensPerMinute, Time time) {
        this.requests = new Bucket(requestsPerMinute, time.nanos());
        this.tokens = new Bucket(tokensPerMinute, time.nanos());
        this.time = time;
        this.pausedUntil = time.nanos();
    }

    /** Takes what a request of these texts costs, and gives zero; or takes nothing, and gives the time to wait. */
    synchronized Duration take(List<String> texts) {
        long now = time.nanos();
        long wait = Math.max(pausedUntil - now, Math.max(requests.nanosUntilReady(now), tokens.nanosUntilReady(now)));
        if (wait > 0) {
            return Duration.ofNanos(wait);
        }
        spend(texts);
        return Duration.ZERO;
    }

    /**
     * Takes what a request of these texts costs, whether or not there is enough: for an attempt that is made anyway.
     */
    synchronized void spend(List<String> texts) {
        requests.spend(1);
        tokens.spend(texts.stream().mapToLong(Budget::tokens).sum());
    }

    /** Lets nothing be taken for that long, because the server asked for it. */
    synchronized void pause(Duration wait) {
        pausedUntil = Math.max(pausedUntil, time.nanos() + wait.toNanos());
    }

    private static long tokens(String text) {
        return text.length() / CHARACTERS_PER_TOKEN + 1;
    }

    private static final class Bucket {
        private final double perNano;
        private final double capacity;
        private double level;
        private long filledAt;

        Bucket(int perMinute, long now) {
            this.perNano = perMinute / (double) NANOS_PER_MINUTE;
            this.capacity = Math.max(1, perMinute / 60.0);
            this.level = capacity;
            this.filledAt = now;
        }

        /** How long until there is at least one in the bucket. */
        long nanosUntilReady(long now) {
            if (perNano == 0) {
                return 0;
            }
            level = Math.min(capacity, level + (now - filledAt) * perNano);
            filledAt = now;
            return level >= 1 ? 0 : (long) Math.ceil((1 - level) / perNano);
        }

        void spend(long amount) {
            level -= perNano == 0 ? 0 : amount;
        }
    }
}
