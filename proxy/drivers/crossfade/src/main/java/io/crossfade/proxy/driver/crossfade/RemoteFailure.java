package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Outcome;
import io.grpc.Status;

/** A call that the other Crossfade refused or did not answer. */
final class RemoteFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Status status;
    private final boolean begun;

    /**
     * @param begun false: no connection was ever given the request, so that it cannot take effect
     */
    RemoteFailure(Status status, boolean begun) {
        super(status.getCode() + ": " + status.getDescription(), status.getCause());
        this.status = status;
        this.begun = begun;
    }

    /** Whether the request is wrong as a whole, and nothing of it was done. */
    boolean isRefusal() {
        return status.getCode() == Status.Code.INVALID_ARGUMENT || status.getCode() == Status.Code.FAILED_PRECONDITION;
    }

    /** Whether it was too much at once, for the engine or for one message. */
    boolean isExhaustion() {
        return status.getCode() == Status.Code.RESOURCE_EXHAUSTED;
    }

    /** What it says of a single write. */
    Outcome outcome() {
        String reason = String.valueOf(getMessage());
        if (isRefusal()) {
            return new Outcome.Rejected(reason);
        }
        return begun && mayBeApplied() ? new Outcome.Unknown(reason) : new Outcome.Failed(reason);
    }

    private boolean mayBeApplied() {
        return switch (status.getCode()) {
            case NOT_FOUND, RESOURCE_EXHAUSTED, UNIMPLEMENTED, UNAUTHENTICATED, PERMISSION_DENIED -> false;
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
            // ABORTED: the cursor of an older epoch.
            case INVALID_ARGUMENT, OUT_OF_RANGE, ABORTED -> IndexException.Kind.INVALID;
            case NOT_FOUND, FAILED_PRECONDITION -> IndexException.Kind.MISMATCH;
            default -> IndexException.Kind.INTERNAL;
        };
    }
}
