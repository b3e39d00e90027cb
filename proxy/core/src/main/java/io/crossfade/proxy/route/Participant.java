package io.crossfade.proxy.route;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An open index and what feeds it.
 *
 * @param embedders by vector field; a field without one takes vectors from clients only
 */
public record Participant(IndexDefinition definition, VectorIndex index, Map<String, Embedder> embedders) {
    public Participant {
        embedders = Map.copyOf(embedders);
    }

    public String name() {
        return definition.name();
    }

    public Map<String, Space> spaces() {
        return definition.vectors();
    }

    /**
     * The space of a vector field.
     *
     * @throws IllegalArgumentException if there is no such field
     */
    public Space space(String field) {
        Space space = spaces().get(field);
        if (space == null) {
            throw new IllegalArgumentException(
                    "field: \"" + field + "\" (expected: one of " + spaces().keySet() + " of index " + name() + ")");
        }
        return space;
    }

    /** How long a request to this index or the other with an unknown outcome may still take effect (R6). */
    public Duration longestSettle(Participant other) {
        Duration here = index.capabilities().unknownSettle();
        Duration there = other.index.capabilities().unknownSettle();
        return here.compareTo(there) > 0 ? here : there;
    }

    /**
     * Whether the vector in a field can be carried over from another index: both have the field, and in one space, as
     * the fingerprints tell. A vector of another space has to be sent by a client or embedded.
     */
    public boolean canCarry(String field, Participant from) {
        Space here = spaces().get(field);
        Space there = from.spaces().get(field);
        return here != null && there != null && here.fingerprint().equals(there.fingerprint());
    }

    /**
     * Whether a document of this index still has the vector that was written, as far as anything is known of that: where the
     * engine gives back another one than it got, digests prove nothing.
     *
     * @param document with its digest
     */
    public boolean holdsAsWritten(StoredDocument document, String field) {
        Long written = document.stamp().written().get(field);
        return written == null
                || written == Stamp.FORGOTTEN
                || !keepsExactly(field)
                || written.equals(Objects.requireNonNull(document.digest(), "digest")
                        .vectors()
                        .get(field));
    }

    /** Whether the vector of a field is given back as it was written, to the bit. */
    public boolean keepsExactly(String field) {
        return switch (index.capabilities().stored()) {
            case EXACT -> true;
            case NORMALISED -> space(field).metric() != Space.Metric.COSINE;
        };
    }

    public TextSource textSource() {
        return definition.text();
    }

    public @Nullable Embedder embedder(String field) {
        return embedders.get(field);
    }
}
