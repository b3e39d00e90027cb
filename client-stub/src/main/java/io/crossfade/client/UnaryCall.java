package io.crossfade.client;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call, repeated until it is answered, refused for good or out of time. gRPC's own retry policy does not do: it ends
 * after five attempts, which a restart of 2 s outlasts, and never repeats an attempt that ran into its deadline. While
 * there is no connection an attempt waits for one; each may take half of the time that is left, so that a hung
 * connection leaves time for another.
 */
final class UnaryCall<Q extends MessageLite, R, T> {
    private static final long SHORTEST_ATTEMPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Connection connection;
    private final MethodDescriptor<Q, R> method;
    private final Q request;
    private final Deadline deadline;
    private final Function<R, T> reading;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private volatile @Nullable ClientCall<Q, R> current;
    private int attempts;
    private @Nullable Status refusal;

    private UnaryCall(
            Connection connection,
            MethodDescriptor<Q, R> method,
            Q request,
            Deadline deadline,
            Function<R, T> reading) {
        this.connection = connection;
        this.method = method;
        this.request = request;
        this.deadline = deadline;
        this.reading = reading;
    }

    /**
     * Cancelling the future cancels the call.
     *
     * @param reading makes the result from the reply
     */
    static <Q extends MessageLite, R, T> CompletableFuture<T> start(
            Connection connection, MethodDescriptor<Q, R> method, Q request, Duration timeout, Function<R, T> reading) {
        int size = request.getSerializedSize();
        if (size > Connection.MAX_MESSAGE_BYTES) {
            return CompletableFuture.failedFuture(CrossfadeException.of(Status.INVALID_ARGUMENT.withDescription(
                    "request: " + size + " bytes (expected: at most " + Connection.MAX_MESSAGE_BYTES + ")")));
        }
        Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
        UnaryCall<Q, R, T> call = new UnaryCall<>(connection, method, request, deadline, reading);
        // The result itself has the failure; what is hung on it has none of its own.
        var unused = call.result.whenComplete((answer, failure) -> call.cancelIfAbandoned());
        call.attempt();
        return call.result;
    }

    private void attempt() {
        if (result.isDone()) {
            return;
        }
        attempts++;
        CallOptions options =
                CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(attemptNanos(), TimeUnit.NANOSECONDS);
        ClientCall<Q, R> call = connection.channel().newCall(method, options);
        current = call;
        ClientCalls.asyncUnaryCall(call, request, new Answer());
        cancelIfAbandoned();
    }

    /** An attempt on the timer's thread, where nobody else would hear what it throws. */
    private void attemptOrFail() {
        try {
            attempt();
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(CrossfadeException.of(e));
        }
    }

    private long attemptNanos() {
        long left = deadline.timeRemaining(TimeUnit.NANOSECONDS);
        return Math.min(left, Math.max(left / 2, SHORTEST_ATTEMPT_NANOS));
    }

    private void failed(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        Status.Code code = status.getCode();
        long pause = Backoff.nanos(code, attempts);
        boolean timeLeft = deadline.timeRemaining(TimeUnit.NANOSECONDS) > pause;
        if (Backoff.mayPass(code) && timeLeft && !connection.channel().isShutdown()) {
            refusal = code == Status.Code.DEADLINE_EXCEEDED ? refusal : status;
            var unused = connection.timer().schedule(this::attemptOrFail, pause, TimeUnit.NANOSECONDS);
        } else {
            result.completeExceptionally(CrossfadeException.of(explained(status, failure)));
        }
    }

    /** That the time ran out says less than what an earlier attempt was told. */
    private Throwable explained(Status status, Throwable failure) {
        if (refusal == null || status.getCode() != Status.Code.DEADLINE_EXCEEDED) {
            return failure;
        }
        String told = CrossfadeException.of(refusal).getMessage();
        return status.withDescription(status.getDescription() + "; an attempt before it: " + told)
                .withCause(failure)
                .asRuntimeException();
    }

    private void cancelIfAbandoned() {
        ClientCall<Q, R> call = current;
        if (call != null && result.isCancelled()) {
            call.cancel("cancelled by the caller", null);
        }
    }

    private final class Answer implements StreamObserver<R> {
        private @Nullable R value;

        @Override
        public void onNext(R answer) {
            value = answer;
        }

        @Override
        public void onError(Throwable failure) {
            failed(failure);
        }

        @Override
        public void onCompleted() {
            try {
                result.complete(reading.apply(requireNonNull(value)));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }
    }
}
