package io.crossfade.proxy.migration.identity;

import io.crossfade.proxy.index.VectorIndex;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What an index is known by: a random word that it bears from the first migration on that it takes part in. An index
 * that bears another one, or none, is not the one that is meant.
 */
public final class Lineage {
    static final String NAME = "crossfade.lineage";

    private Lineage() {}

    /**
     * Says that an index is not the one that is meant, if it is not.
     *
     * @param expected null if it is not known yet
     */
    public static Optional<String> difference(String index, @Nullable String expected, Map<String, String> attributes) {
        String found = attributes.get(NAME);
        return expected == null || expected.equals(found)
                ? Optional.empty()
                : Optional.of(index + " bears " + (found == null ? "no lineage" : "lineage " + found) + " (expected: "
                        + expected + ")");
    }

    /** Completes with the lineage that an index bears, if it does. */
    public static CompletableFuture<Optional<String>> of(VectorIndex index, Duration timeout) {
        return index.attributes(timeout).thenApply(attributes -> Optional.ofNullable(attributes.get(NAME)));
    }

    /** Gives an index the lineage that was agreed on, unless it bears it. */
    public static CompletableFuture<Void> give(VectorIndex index, @Nullable String lineage, Duration timeout) {
        return of(index, timeout)
                .thenCompose(found ->
                        lineage == null || found.filter(lineage::equals).isPresent()
                                ? CompletableFuture.completedFuture(null)
                                : index.setAttribute(NAME, lineage, timeout));
    }
}
