package io.crossfade.proxy.write.mirror;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.time.Cause;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks an index to write, and believes no driver more than its answer says. One that throws, if only an Error, fails, or gives another
 * number of outcomes than it was given writes has a fault of its own: what it did is unknown.
 */
public final class Outcomes {
    private Outcomes() {}

    /** Completes with an outcome for each write; never fails. */
    public static CompletableFuture<List<Outcome>> of(VectorIndex index, List<IndexWrite> writes, Duration timeout) {
        CompletableFuture<List<Outcome>> answer;
        try {
            answer = requireNonNull(index.write(writes, timeout), "no answer");
        } catch (Throwable e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.handle((outcomes, failed) -> checked(outcomes, failed, writes.size()));
    }

    private static List<Outcome> checked(@Nullable List<Outcome> outcomes, @Nullable Throwable failed, int expected) {
        if (outcomes != null && outcomes.size() == expected) {
            return outcomes;
        }
        String reason = failed != null
                ? Cause.of(failed).toString()
                : (outcomes == null ? "no" : outcomes.size()) + " outcomes (expected: " + expected
                        + ", one for each write)";
        Outcome unknown = new Outcome.Unknown(reason);
        return Collections.nCopies(expected, unknown);
    }
}
