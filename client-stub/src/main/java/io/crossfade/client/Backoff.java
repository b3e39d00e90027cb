package io.crossfade.client;

import io.grpc.Status;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Which failures are worth another attempt, and how long to wait before it. */
final class Backoff {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final long FIRST_OVERLOADED_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_DOUBLINGS = 6;

    private Backoff() {}

    /**
     * The same request may succeed later. A server that goes away ends its calls with CANCELLED, too. After UNKNOWN a write
     * is not applied again under its id, so that another attempt would be told the same.
     */
    static boolean mayPass(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED -> true;
            default -> false;
        };
    }

    /**
     * Doubles with every attempt up to 1 s; between half of that and all of it, at random.
     *
     * @param attempts made so far, at least 1
     */
    static long nanos(Status.Code code, int attempts) {
        long first = code == Status.Code.RESOURCE_EXHAUSTED ? FIRST_OVERLOADED_NANOS : FIRST_NANOS;
        long most = Math.min(LONGEST_NANOS, first << Math.min(attempts - 1, MOST_DOUBLINGS));
        return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
    }
}
