package io.crossfade.proxy.model;

/** What an index says of one write. */
public sealed interface Outcome {
    /** Done, and it survives the end of this process and of the engine's. */
    record Applied() implements Outcome {}

    /** There was no such document to change or delete; nothing was done. */
    record NotFound() implements Outcome {}

    /** The index can never take this write as it is (wrong dimension, too large). Nothing was done. */
    record Rejected(String reason) implements Outcome {}

    /** Not done, and it will not happen later; trying again may help. */
    record Failed(String reason) implements Outcome {}

    /** Perhaps done, perhaps still to happen, within the driver's {@code unknownSettle}. */
    record Unknown(String reason) implements Outcome {}

    Outcome APPLIED = new Applied();
    Outcome NOT_FOUND = new NotFound();
}
