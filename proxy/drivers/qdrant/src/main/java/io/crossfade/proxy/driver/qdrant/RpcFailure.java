package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.time.Cause;
import io.grpc.Status;

/** A call that the server refused or did not answer. */
final class RpcFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    /** How the server says that a point is not there; it has the same code for a collection that is not there. */
    private static final String NO_POINT = "No point with id";

    private final Status status;
    private final boolean begun;

    /**
     * @param begun false: no connection was ever given the request, so that it cannot take effect
     */
    RpcFailure(Status status, boolean begun) {
        super(status.getCode() + ": " + status.getDescription(), status.getCause());
        this.status = status;
        this.begun = begun;
    }

    /** Whether the request is wrong in itself; of several points the first that is wrong. */
    boolean isRefusal() {
        return status.getCode() == Status.Code.INVALID_ARGUMENT;
    }

    /** Whether it was too much at once, for the engine or for one message. */
    boolean isExhaustion() {
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED;
    }

    /** Whether the connection is broken, or there is none. */
    boolean isDisconnection() {
        return status.getCode() == Status.Code.UNAVAILABLE;
    }

    /** Whether there is no such collection. */
    boolean isMissing() {
        return status.getCode() == Status.Code.NOT_FOUND && !isPointMissing();
    }

    boolean isExisting() {
        return status.getCode() == Status.Code.ALREADY_EXISTS
                || (isRefusal() && String.valueOf(status.getDescription()).contains("already exists"));
    }

    private boolean isPointMissing() {
        return status.getCode() == Status.Code.NOT_FOUND
                && String.valueOf(status.getDescription()).contains(NO_POINT);
    }

    /**
     * What it says of a single write.
     *
     * @param steps of the engine in the call, one after the other or by shards; a refusal may come from a later one
     */
    Outcome outcome(int steps) {
        String reason = String.valueOf(getMessage());
        if (isPointMissing()) {
            return Outcome.NOT_FOUND;
        } else if (isRefusal() && steps == 1) {
            return new Outcome.Rejected(reason);
        }
        return begun && mayBeApplied(steps) ? new Outcome.Unknown(reason) : new Outcome.Failed(reason);
    }

    private boolean mayBeApplied(int steps) {
        return switch (status.getCode()) {
            case NOT_FOUND, UNIMPLEMENTED, UNAUTHENTICATED, PERMISSION_DENIED -> false;
            // Load is refused before a step begins; an answer that is too large for us has been given.
            case RESOURCE_EXHAUSTED ->
                steps > 1 || String.valueOf(status.getDescription()).contains("message");
            default -> true;
        };
    }

    /** What it says of a read. */
    IndexException exception() {
        return new IndexException(kind(), String.valueOf(getMessage()), this);
    }

    private IndexException.Kind kind() {
        return switch (status.getCode()) {
            case UNAVAILABLE, CANCELLED -> IndexException.Kind.UNAVAILABLE;
            case DEADLINE_EXCEEDED -> IndexException.Kind.DEADLINE;
            case RESOURCE_EXHAUSTED -> IndexException.Kind.EXHAUSTED;
            case INVALID_ARGUMENT, OUT_OF_RANGE -> IndexException.Kind.INVALID;
            case NOT_FOUND, UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION -> IndexException.Kind.MISMATCH;
            default -> IndexException.Kind.INTERNAL;
        };
    }

    /** The failure of a read in the words of an index. */
    static IndexException exception(Throwable failed) {
        Throwable cause = Cause.of(failed);
        if (cause instanceof RpcFailure failure) {
            return failure.exception();
        }
        return cause instanceof IndexException exception
                ? exception
                : new IndexException(IndexException.Kind.INTERNAL, "reply: " + cause, cause);
    }
}
