package io.crossfade.proxy.front.calls;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.time.Branches;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs unary calls: limit, deadline, answer. Work that has begun is never cut short by a cancelled call: an application
 * that gives up on a write must still find both indexes equal.
 */
public final class CallRunner {
    private static final Runnable WORK_GOES_ON = () -> {};

    private final CallsInFlight calls;
    private final StatusMapper statuses;
    private final Duration defaultTimeout;

    /**
     * @param defaultTimeout of calls without a deadline
     */
    public CallRunner(CallsInFlight calls, StatusMapper statuses, Duration defaultTimeout) {
        this.calls = calls;
        this.statuses = statuses;
        this.defaultTimeout = defaultTimeout;
    }

    /**
     * Answers with what the work's future holds.
     *
     * @param work given the time that is left; may throw
     */
    public <R> void answer(StreamObserver<R> observer, Function<Duration, CompletableFuture<R>> work) {
        ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) observer;
        call.setOnCancelHandler(WORK_GOES_ON);
        Branches.take(begin(work), (reply, failure) -> finish(call, reply, failure));
    }

    private <R> CompletableFuture<R> begin(Function<Duration, CompletableFuture<R>> work) {
        try {
            Duration timeout = timeouts().get();
            calls.begin();
            OpenStream stream = OpenStream.current();
            stream.hold();
            try {
                return work.apply(timeout).whenComplete((reply, failure) -> end(stream));
            } catch (Throwable e) {
                end(stream);
                throw e;
            }
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void end(OpenStream stream) {
        stream.release();
        calls.end();
    }

    private <R> void finish(ServerCallStreamObserver<R> call, @Nullable R reply, @Nullable Throwable failure) {
        if (call.isCancelled()) {
            return;
        }
        if (reply == null || failure != null) {
            fail(call, failure == null ? new IllegalStateException("no reply") : failure);
            return;
        }
        call.onNext(reply);
        call.onCompleted();
    }

    public void fail(StreamObserver<?> call, Throwable failure) {
        call.onError(statuses.map(failure));
    }

    /** Tells, whenever it is asked, the time until the current call's deadline; the default if it has none. */
    public Supplier<Duration> timeouts() {
        Deadline deadline = LateCalls.deadline();
        return deadline == null ? () -> defaultTimeout : () -> timeLeft(deadline);
    }

    /**
     * @throws CallException of kind DEADLINE if it is past
     */
    public static Duration timeLeft(Deadline deadline) {
        long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
        if (left <= 0) {
            throw new CallException(
                    CallException.Kind.DEADLINE, "deadline: " + -left + " ns ago (expected: some time left)");
        }
        return Duration.ofNanos(left);
    }
}
