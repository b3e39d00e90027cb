package io.crossfade.proxy.collection;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call that was refused or that failed, and why. A front maps the kind to its protocol's status. */
public final class CallException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the caller can do about it. */
    public enum Kind {
        /** The request is wrong; {@code violations} says where. */
        INVALID,
        /** No such collection, index or member. */
        NOT_FOUND,
        /** Right, but not now or not here: names the space, capability, phase or count required. */
        PRECONDITION,
        /** The epoch moved, or a cursor belongs to an older one. */
        ABORTED,
        /** Too much at once; try again. */
        EXHAUSTED,
        /** The index that decides is down. */
        UNAVAILABLE,
        /** Time is over; a write may have been applied. */
        DEADLINE,
        /** May have been applied; repeat with the same write id. */
        UNKNOWN,
        /** A bug. */
        INTERNAL
    }

    private final Kind kind;
    private final transient List<Violation> violations;
    private final transient List<Blocker> blockers;

    public CallException(Kind kind, String message) {
        this(kind, message, List.of(), List.of(), null);
    }

    public CallException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, List.of(), List.of(), cause);
    }

    private CallException(
            Kind kind, String message, List<Violation> violations, List<Blocker> blockers, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.violations = List.copyOf(violations);
        this.blockers = List.copyOf(blockers);
    }

    /** Refuses a request for one or more violations; the message lists the first ten. */
    public static CallException invalid(List<Violation> violations) {
        return new CallException(Kind.INVALID, Violation.summary(violations), violations, List.of(), null);
    }

    /**
     * Refuses a request with one or more parts that are right, but not now or not here; the message lists the first
     * ten.
     */
    public static CallException unmet(List<Violation> violations) {
        return new CallException(Kind.PRECONDITION, Violation.summary(violations), violations, List.of(), null);
    }

    /** Refuses a step for one or more blockers. */
    public static CallException blocked(List<Blocker> blockers) {
        return new CallException(Kind.PRECONDITION, Blocker.summary(blockers), List.of(), blockers, null);
    }

    public Kind kind() {
        return kind;
    }

    public List<Violation> violations() {
        return violations;
    }

    public List<Blocker> blockers() {
        return blockers;
    }
}
