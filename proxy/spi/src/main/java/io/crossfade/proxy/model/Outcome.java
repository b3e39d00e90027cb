package io.crossfade.proxy.model;

/**
 * What an index says of one write. Where kinds are treated differently, a switch over {@link #kind} has a case for each
 * and no default, so that a further kind does not compile until it has its place.
 */
public sealed interface Outcome {
    /** The kinds of outcomes, each a record. */
    enum Kind {
        APPLIED,
        NOT_FOUND,
        REJECTED,
        FAILED,
        UNKNOWN
    }

    Kind kind();

    /** Why the write was not applied, or may not have been; "" if there is nothing to say. */
    String reason();

    /**
     * Whether what was asked for is so now: an absent document that was to be removed is as good as removed.
     *
     * @param removal whether the write was to remove its document
     */
    default boolean isDone(boolean removal) {
        return switch (kind()) {
            case APPLIED -> true;
            case NOT_FOUND -> removal;
            case REJECTED, FAILED, UNKNOWN -> false;
        };
    }

    /** Whether the write may take effect after this answer, within the driver's {@code unknownSettle}. */
    default boolean mayStillLand() {
        return switch (kind()) {
            case UNKNOWN -> true;
            case APPLIED, NOT_FOUND, REJECTED, FAILED -> false;
        };
    }

    /** Done, and it survives the end of this process and of the engine's. */
    record Applied() implements Outcome {
        @Override
        public Kind kind() {
            return Kind.APPLIED;
        }

        @Override
        public String reason() {
            return "";
        }
    }

    /** There was no such document to change or delete; nothing was done. */
    record NotFound() implements Outcome {
        @Override
        public Kind kind() {
            return Kind.NOT_FOUND;
        }

        @Override
        public String reason() {
            return "";
        }
    }

    /** The index can never take this write as it is (wrong dimension, too large). Nothing was done. */
    record Rejected(String reason) implements Outcome {
        @Override
        public Kind kind() {
            return Kind.REJECTED;
        }
    }

    /** Not done, and it will not happen later; trying again may help. */
    record Failed(String reason) implements Outcome {
        @Override
        public Kind kind() {
            return Kind.FAILED;
        }
    }

    /** Perhaps done, perhaps still to happen, within the driver's {@code unknownSettle}. */
    record Unknown(String reason) implements Outcome {
        @Override
        public Kind kind() {
            return Kind.UNKNOWN;
        }
    }

    Outcome APPLIED = new Applied();
    Outcome NOT_FOUND = new NotFound();
}
