package io.crossfade.proxy.write;

import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Provenance;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a document's vectors in other spaces are made from: its text, or, for a document without text, the leader's
 * vector of the same field, for which a client sends a counterpart. A vector is known by what was sent, as far as the stamp
 * says that: an engine may give back another one. The text is hashed once, for all fields and indexes.
 */
public final class Sources {
    private final @Nullable String text;
    private final Map<String, Embedding> leaderVectors;
    private final Map<String, Long> written;
    private @Nullable String textSource;

    /**
     * Those of a write.
     *
     * @param leaderVectors as they are sent
     */
    public Sources(@Nullable String text, Map<String, Embedding> leaderVectors) {
        this(text, leaderVectors, Map.of());
    }

    private Sources(@Nullable String text, Map<String, Embedding> leaderVectors, Map<String, Long> written) {
        this.text = text;
        this.leaderVectors = leaderVectors;
        this.written = written;
    }

    /**
     * Those of a document.
     *
     * @param texts of the leader
     * @param document of the leader, with its content
     */
    public static Sources of(TextSource texts, StoredDocument document) {
        return new Sources(
                texts.of(document.text(), document.metadata()),
                document.vectors(),
                document.stamp().written());
    }

    /** The identity of these sources; equal ones have equal identities. */
    public String identity() {
        if (text != null) {
            return "t" + textSource(text);
        }
        return identity(
                leaderVectors.keySet().stream().collect(Collectors.toMap(field -> field, field -> digest(field))));
    }

    /** Of the vector in a field, which there is, as it was sent. */
    private long digest(String field) {
        Long known = written.get(field);
        return known == null || known == Stamp.FORGOTTEN
                ? Digest.of(Objects.requireNonNull(leaderVectors.get(field), field))
                : known;
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
        return text != null ? new Sources(text, Map.of()).identity() : identity(digests(document));
    }

    private static Map<String, Long> digests(StoredDocument document) {
        Map<String, Long> digests = new HashMap<>(
                Objects.requireNonNull(document.digest(), "digest").vectors());
        document.stamp().written().forEach((field, sent) -> digests.computeIfPresent(field, (same, stands) -> sent));
        return digests;
    }

    /** The provenance that a vector of this space must have to be right; null if there is nothing to make it from. */
    public @Nullable Provenance provenance(String field, Space space) {
        if (text != null) {
            return new Provenance(space.fingerprint(), textSource(text));
        }
        String other = leaderVectors.containsKey(field)
                ? field
                : leaderVectors.keySet().stream().sorted().findFirst().orElse(null);
        return other == null ? null : Provenance.ofVector(space, digest(other));
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
