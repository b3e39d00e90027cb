package io.crossfade.client;

import io.crossfade.v1.WriteResponse;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;

/**
 * What became of a write: one result per document or key, in the order of the request.
 *
 * @param epoch of the route
 */
public record WriteResults(List<WriteResult> results, long epoch) {
    public WriteResults {
        results = List.copyOf(results);
    }

    static WriteResults of(WriteResponse proto) {
        return new WriteResults(
                proto.getResultsList().stream().map(WriteResult::of).toList(), proto.getEpoch());
    }

    /** Whether all was applied that was to be: of a write by filter, all that still matched. */
    public boolean allApplied() {
        return firstNotApplied().isEmpty();
    }

    /**
     * @throws CrossfadeException that names the first document that was not applied: NOT_FOUND, UNKNOWN (may be applied),
     *     ABORTED (was not) or FAILED_PRECONDITION (never can be)
     */
    public WriteResults requireApplied() {
        Optional<WriteResult> first = firstNotApplied();
        if (first.isPresent()) {
            throw CrossfadeException.of(status(first.get()));
        }
        return this;
    }

    private Optional<WriteResult> firstNotApplied() {
        return results.stream()
                .filter(result -> !result.applied() && result.leader() != WriteResult.Leader.NOT_MATCHED)
                .findFirst();
    }

    private static Status status(WriteResult result) {
        Status status = switch (result.leader()) {
            case APPLIED, NOT_MATCHED -> Status.OK;
            case NOT_FOUND -> Status.NOT_FOUND;
            case FAILED -> Status.ABORTED;
            case REJECTED -> Status.FAILED_PRECONDITION;
            case UNKNOWN -> Status.UNKNOWN;
        };
        Key key = result.key();
        return status.withDescription(key.namespace() + "/" + key.id() + ": " + result.leader() + " " + result.error());
    }
}
