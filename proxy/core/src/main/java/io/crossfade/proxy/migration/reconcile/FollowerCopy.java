package io.crossfade.proxy.migration.reconcile;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Provenance;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.write.Sources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The follower's copy of one of the leader's documents, being put together: each vector is carried over (same space),
 * taken from what a client sent, left standing (the follower's was made from the same source, and is the one that was
 * written), or embedded.
 */
final class FollowerCopy {
    private final StoredDocument document;
    private final Participant follower;
    private final @Nullable String text;
    private final Sources sources;
    private final Map<String, Embedding> vectors = new HashMap<>();
    private final Map<String, String> provenance = new HashMap<>();
    private final Map<String, Long> written = new HashMap<>();
    private final List<String> standing = new ArrayList<>();
    private final List<String> toEmbed = new ArrayList<>();
    private @Nullable String unfeedable;

    /**
     * @param document of the leader
     * @param present what the follower holds, at least its stamp and digest, of the primary its text too; null if nothing
     * @param kept vectors that clients sent for the follower
     */
    FollowerCopy(Route.Paired route, StoredDocument document, @Nullable StoredDocument present, KeptVectors kept) {
        this.document = document;
        this.follower = route.follower();
        this.text = route.leader().textSource().of(document.text(), document.metadata());
        this.sources = Sources.of(route.leader().textSource(), document);
        List<NamedVector> sent = kept.of(sources);
        for (Map.Entry<String, Space> field : follower.spaces().entrySet()) {
            choose(route, field.getKey(), field.getValue(), present, sent);
        }
    }

    private void choose(
            Route.Paired route, String field, Space space, @Nullable StoredDocument present, List<NamedVector> kept) {
        Provenance wanted = sources.provenance(field, space);
        if (route.carries(field)) {
            Embedding carried = document.vectors().get(field);
            if (carried == null) {
                unfeedable = "no vector of space " + space.name() + " on "
                        + route.leader().name();
            } else {
                take(field, carried);
            }
        } else {
            Optional<Embedding> sent = kept.stream()
                    .filter(vector ->
                            vector.field().equals(field) && vector.space().equals(space.name()))
                    .reduce((older, newer) -> newer)
                    .map(NamedVector::embedding);
            if (sent.isPresent()) {
                take(field, sent.get());
            } else if (stands(route, field, present, wanted)) {
                standing.add(field);
            } else {
                makeAnew(field);
            }
        }
        if (wanted != null) {
            provenance.put(field, wanted.encoded());
        }
    }

    private void makeAnew(String field) {
        if (text != null && follower.embedder(field) != null) {
            toEmbed.add(field);
        } else {
            unfeedable = "no " + (text == null ? "text to embed" : "embedder") + " and no vector for space "
                    + follower.space(field).name();
        }
    }

    private void take(String field, Embedding vector) {
        vectors.put(field, vector);
        written.put(field, Digest.of(vector));
    }

    private boolean stands(
            Route.Paired route, String field, @Nullable StoredDocument present, @Nullable Provenance wanted) {
        return present != null
                && (isOfSource(field, present, wanted) || isOfBefore(route, field, present))
                && follower.holdsAsWritten(present, field);
    }

    private static boolean isOfSource(String field, StoredDocument present, @Nullable Provenance wanted) {
        return wanted != null
                && wanted.encoded().equals(present.stamp().provenance().get(field));
    }

    /**
     * Whether the vector was on the primary before the migration, where nothing says what it was made from, and the
     * document has not changed since in what it can have been made from. Nothing proves it wrong, and it may be that
     * nobody could make another.
     */
    private boolean isOfBefore(Route.Paired route, String field, StoredDocument present) {
        return route.follower() == route.primary()
                && present.stamp().provenance().get(field) == null
                && (present.version() == document.version()
                        || (text != null && text.equals(follower.textSource().of(present.text(), present.metadata()))));
    }

    StoredDocument document() {
        return document;
    }

    /** Why the follower can never take it as it is; null if it can. */
    @Nullable
    String unfeedable() {
        return unfeedable;
    }

    List<String> toEmbed() {
        return toEmbed;
    }

    String text() {
        return text == null ? "" : text;
    }

    void embedded(String field, Embedding vector) {
        take(field, vector);
    }

    /**
     * The write that makes the follower right. Where all vectors stand they are left where they are, and only metadata
     * and version are written.
     */
    IndexWrite write() {
        if (!standing.isEmpty() && standing.size() == follower.spaces().size()) {
            return new IndexWrite.PatchMetadata(
                    document.key(), document.version(), MetadataPatch.replaceWith(document.metadata()));
        }
        return new IndexWrite.Put(new StoredDocument(
                document.key(),
                new Stamp(document.version(), provenance, written),
                follower.textSource().isOwn() ? text : null,
                document.metadata(),
                vectors));
    }

    boolean standsInPart() {
        return !standing.isEmpty() && standing.size() < follower.spaces().size();
    }

    /**
     * Takes the standing vectors, read back, because the document is written whole. What was known of them is known
     * still: a vector that nobody vouches for does not become one that was written here.
     *
     * @param present with vectors and digest
     */
    void takeStanding(@Nullable StoredDocument present) {
        for (String field : standing) {
            Embedding vector = present == null ? null : present.vectors().get(field);
            if (present == null || vector == null || !follower.holdsAsWritten(present, field)) {
                makeAnew(field);
            } else {
                vectors.put(field, vector);
                Optional.ofNullable(present.stamp().written().get(field))
                        .ifPresent(digest -> written.put(field, digest));
            }
        }
    }
}
