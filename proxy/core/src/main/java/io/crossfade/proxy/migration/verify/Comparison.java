package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.migration.reconcile.JoinedText;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Provenance;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.write.Sources;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares one document on both sides: version, text and metadata by digest; a carried vector by its digest, or by its
 * direction where one of the engines keeps no more of it; an
 * embedded one by its provenance, which names its space and the text that it was made from. On either side, a vector that
 * was written in a migration must still be that one. Vectors of the primary that were there before the migration have no
 * provenance and count as right, as long as their document has not changed.
 */
public final class Comparison {
    /** What is left of 1 as the cosine of two vectors, of which one was scaled to length 1 in single precision. */
    private static final double SAME_DIRECTION = 1e-9;

    private final Route.Paired route;
    private final boolean sameTextSource;

    public Comparison(Route.Paired route) {
        this.route = route;
        this.sameTextSource =
                route.leader().textSource().equals(route.follower().textSource());
    }

    /** What has to be read from the leader. */
    public Projection fromLeader() {
        return embeds() || !sameTextSource || !route.leader().textSource().isOwn()
                ? new Projection(true, true, true, true)
                : new Projection(false, false, comparesDirections(), true);
    }

    /** What has to be read from the follower. */
    public Projection fromFollower() {
        return new Projection(!sameTextSource, !sameTextSource, comparesDirections(), true);
    }

    private boolean comparesDirections() {
        return route.follower().spaces().keySet().stream().anyMatch(field -> route.carries(field) && !isExact(field));
    }

    private boolean isExact(String field) {
        return route.leader().keepsExactly(field) && route.follower().keepsExactly(field);
    }

    private boolean embeds() {
        return !route.follower().spaces().keySet().stream().allMatch(route::carries);
    }

    /** What is wrong with the follower's document; empty if nothing is. */
    public Optional<Difference> compare(StoredDocument leader, @Nullable StoredDocument follower) {
        if (follower == null) {
            return differs(
                    leader,
                    Difference.Kind.MISSING,
                    "not on " + route.follower().name());
        }
        if (leader.version() != follower.version()) {
            return differs(
                    leader, Difference.Kind.VERSION, follower.version() + " (expected: " + leader.version() + ")");
        }
        if (!content(route.leader(), leader).equals(content(route.follower(), follower))) {
            return differs(
                    leader,
                    Difference.Kind.FOREIGN_WRITE,
                    "text or metadata differ though both have version " + leader.version());
        }
        for (String field : route.leader().spaces().keySet()) {
            if (!route.leader().holdsAsWritten(leader, field)) {
                return isForeign(leader, field, route.leader());
            }
        }
        Optional<String> stale = JoinedText.staleField(route.leader(), leader);
        if (stale.isPresent()) {
            return differs(
                    leader,
                    Difference.Kind.STALE_VECTOR,
                    "the vector of field \"" + stale.get() + "\" on "
                            + route.leader().name() + " was not made from what stands now");
        }
        for (Map.Entry<String, Space> field : route.follower().spaces().entrySet()) {
            Optional<Difference> difference = compare(field.getKey(), field.getValue(), leader, follower);
            if (difference.isPresent()) {
                return difference;
            }
        }
        return Optional.empty();
    }

    /**
     * Whether both sides have the same text and metadata, and the same vectors where they are carried; what the vectors of
     * other fields were made from is not asked.
     */
    public boolean isSameContent(StoredDocument leader, StoredDocument follower) {
        return content(route.leader(), leader).equals(content(route.follower(), follower))
                && route.follower().spaces().keySet().stream()
                        .filter(route::carries)
                        .allMatch(field -> isSameVector(field, leader, follower));
    }

    private boolean isSameVector(String field, StoredDocument leader, StoredDocument follower) {
        if (isExact(field)) {
            return Objects.equals(vector(leader, field), vector(follower, field));
        }
        Embedding expected = leader.vectors().get(field);
        Embedding found = follower.vectors().get(field);
        return Objects.equals(expected, found)
                || (expected != null
                        && found != null
                        && route.leader().space(field).score(expected, found) >= 1 - SAME_DIRECTION);
    }

    private static @Nullable Long vector(StoredDocument document, String field) {
        return Objects.requireNonNull(document.digest(), "digest").vectors().get(field);
    }

    private Object content(Participant participant, StoredDocument document) {
        if (sameTextSource) {
            return Objects.requireNonNull(document.digest(), "digest").content();
        }
        String text = participant.textSource().of(document.text(), document.metadata());
        return Digest.of(text, document.metadata(), Map.of()).content();
    }

    private Optional<Difference> compare(String field, Space space, StoredDocument leader, StoredDocument follower) {
        if (!route.follower().holdsAsWritten(follower, field)) {
            return isForeign(leader, field, route.follower());
        }
        if (route.carries(field)) {
            return isSameVector(field, leader, follower)
                    ? Optional.empty()
                    : differs(leader, Difference.Kind.CONTENT, "the vector of field \"" + field + "\" differs");
        }
        String found = follower.stamp().provenance().get(field);
        if (found == null && isPrimary()) {
            return Optional.empty();
        }
        Provenance has = Provenance.parse(found == null ? "" : found);
        if (!has.fingerprint().equals(space.fingerprint())) {
            return differs(
                    leader,
                    Difference.Kind.WRONG_SPACE,
                    "field \"" + field + "\": \"" + has.fingerprint() + "\" (expected: " + space.fingerprint()
                            + " of space " + space.name() + ")");
        }
        return compareSource(field, space, leader, has);
    }

    private Optional<Difference> compareSource(String field, Space space, StoredDocument leader, Provenance has) {
        Provenance wanted = Sources.of(route.leader().textSource(), leader).provenance(field, space);
        return has.equals(wanted)
                ? Optional.empty()
                : differs(
                        leader,
                        Difference.Kind.STALE_VECTOR,
                        "the vector of field \"" + field + "\" was not made from what stands now");
    }

    private static Optional<Difference> isForeign(StoredDocument document, String field, Participant on) {
        return differs(
                document,
                Difference.Kind.FOREIGN_WRITE,
                "the vector of field \"" + field + "\" on " + on.name()
                        + " is not the one that was written with version " + document.version());
    }

    private boolean isPrimary() {
        return route.follower() == route.primary();
    }

    private static Optional<Difference> differs(StoredDocument document, Difference.Kind kind, String detail) {
        return Optional.of(new Difference(document.key(), kind, detail));
    }
}
