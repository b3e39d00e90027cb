package io.crossfade.proxy.write;

import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Provenance;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a document's vectors in other spaces are made from: its text, or, for a document without text, the leader's
 * vector of the same field, for which a client sends a counterpart. The text is hashed once, for all fields and
 * indexes.
 */
public final class Sources {
    private final @Nullable String text;
    private final Map<String, Embedding> leaderVectors;
    private @Nullable String textSource;

    public Sources(@Nullable String text, Map<String, Embedding> leaderVectors) {
        this.text = text;
        this.leaderVectors = leaderVectors;
    }

    /** The identity of these sources; equal ones have equal identities. */
    public String identity() {
        if (text != null) {
            return "t" + textSource(text);
        }
        return identity(leaderVectors.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, vector -> Digest.of(vector.getValue()))));
    }

    private static String identity(Map<String, Long> leaderVectors) {
        return leaderVectors.entrySet().stream()
                .map(vector -> vector.getKey() + "=" + Long.toHexString(vector.getValue()))
                .sorted()
                .collect(Collectors.joining(",", "v", ""));
    }

    /**
     * The identity of the sources in a document.
     *
     * @param document of the leader, with its content and its digest
     */
    public static String identity(TextSource texts, StoredDocument document) {
        String text = texts.of(document.text(), document.metadata());
        return text != null
                ? new Sources(text, Map.of()).identity()
                : identity(Objects.requireNonNull(document.digest(), "digest").vectors());
    }

    /** The provenance that a vector of this space must have to be right; null if there is nothing to make it from. */
    public @Nullable Provenance provenance(String field, Space space) {
        if (text != null) {
            return new Provenance(space.fingerprint(), textSource(text));
        }
        Embedding other = leaderVectors.get(field);
        if (other == null && !leaderVectors.isEmpty()) {
            other = leaderVectors.get(
                    leaderVectors.keySet().stream().sorted().findFirst().orElseThrow());
        }
        return other == null ? null : Provenance.ofVector(space, other);
    }

    private String textSource(String given) {
        String known = textSource;
        if (known == null) {
            known = Provenance.source(given);
            textSource = known;
        }
        return known;
    }
}
