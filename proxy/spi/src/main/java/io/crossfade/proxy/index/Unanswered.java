package io.crossfade.proxy.index;

import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Calls of one driver that have no answer yet. A driver ends its calls itself when their limits are over, and best knows what
 * became of them; one that has not done so {@link #GRACE} later, one beat more at most, has lost them, and they fail. They are
 * looked at once a beat, and only while there are any, so that a call that is answered costs no timer.
 *
 * <p>Bounded by the calls that may be under way. A call is in {@code calls} before {@code watching} is looked at, and whoever
 * looks through the calls clears that first: so either of the two sees to the next beat.
 */
final class Unanswered {
    /** What a driver may be late by. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private static final Duration BEAT = Duration.ofSeconds(1);

    private final String index;
    private final Time time;
    private final Set<Call<?>> calls = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watching = new AtomicBoolean();

    Unanswered(String index, Time time) {
        this.index = index;
        this.time = time;
    }

    private static final class Call<T> extends CompletableFuture<T> {
        private final String what;
        private final Duration limit;
        private final long lostNanos;

        Call(String what, Duration limit, long lostNanos) {
            this.what = what;
            this.limit = limit;
            this.lostNanos = lostNanos;
        }
    }

    /** Completes as the driver's answer does, or fails with {@code DEADLINE} if none comes. */
    <T> CompletableFuture<T> within(Duration limit, String what, CompletableFuture<T> answer) {
        if (answer.isDone()) {
            return answer;
        }
        Call<T> call = new Call<>(what, limit, time.nanos() + limit.plus(GRACE).toNanos());
        calls.add(call);
        watch();
        Branches.take(answer, (value, failed) -> {
            calls.remove(call);
            if (failed == null) {
                call.complete(value);
            } else {
                call.completeExceptionally(failed);
            }
        });
        return call;
    }

    private void watch() {
        if (!watching.get() && watching.compareAndSet(false, true)) {
            time.after(BEAT, this::look);
        }
    }

    private void look() {
        watching.set(false);
        long now = time.nanos();
        for (Call<?> call : calls) {
            if (now - call.lostNanos >= 0 && calls.remove(call)) {
                lose(call);
            }
        }
        if (!calls.isEmpty()) {
            watch();
        }
    }

    private void lose(Call<?> call) {
        call.completeExceptionally(new IndexException(
                IndexException.Kind.DEADLINE,
                index + ": no answer to " + call.what + " (expected: the driver ends it within " + call.limit + ")"));
    }
}
