package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads from an index through a fault. */
final class FaultyReads {
    private final Time time;

    FaultyReads(Time time) {
        this.time = time;
    }

    <T> CompletableFuture<T> read(Fault fault, Duration timeout, Supplier<CompletableFuture<T>> read) {
        if (fault instanceof Fault.Refuse || fault.equals(Fault.NONE)) {
            return read.get();
        } else if (fault instanceof Fault.Throw thrown) {
            return CompletableFuture.failedFuture(FaultyIndex.injected(thrown.kind()));
        } else if (fault instanceof Fault.AppliedButError) {
            return CompletableFuture.failedFuture(FaultyIndex.injected(IndexException.Kind.UNAVAILABLE));
        }
        TimedCall<T> call = TimedCall.read(time, timeout);
        call.begin();
        if (fault instanceof Fault.LateAnswer late) {
            Branches.take(read.get(), (value, failure) -> time.after(late.delay(), () -> end(call, value, failure)));
        } else if (fault instanceof Fault.Slow slow) {
            time.after(slow.delay(), () -> Branches.take(read.get(), (value, failure) -> end(call, value, failure)));
        }
        return call.future();
    }

    private static <T> void end(TimedCall<T> call, T value, @Nullable Throwable failure) {
        if (failure == null) {
            call.answer(value);
        } else {
            call.giveUp(
                    Cause.of(failure) instanceof IndexException cause
                            ? cause
                            : FaultyIndex.injected(IndexException.Kind.INTERNAL));
        }
    }
}
