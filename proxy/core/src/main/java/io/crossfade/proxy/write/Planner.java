package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Provenance;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds the vectors of a write: for the leader the client's, else embedded from the text, before anything is written;
 * for the follower the client's or, in the same space, the leader's. What the follower would need embedded is left to
 * reconcile, which embeds in batches.
 */
final class Planner {
    private Planner() {}

    /**
     * @param texts what metadata updates make of the text of their documents
     */
    static CompletableFuture<List<PlannedWrite>> plan(Route route, List<WriteOp> ops, Map<Key, String> texts) {
        Map<String, Batch> toEmbed = new HashMap<>();
        List<Draft> drafts = new ArrayList<>(ops.size());
        for (WriteOp op : ops) {
            Draft draft = new Draft(route, op, texts.get(op.key()));
            draft.missing()
                    .forEach((field, text) -> toEmbed.computeIfAbsent(
                                    field, name -> new Batch(new ArrayList<>(), new ArrayList<>()))
                            .add(draft, text));
            drafts.add(draft);
        }
        if (toEmbed.isEmpty()) {
            return CompletableFuture.completedFuture(finish(drafts));
        }
        List<CompletableFuture<?>> embedded = new ArrayList<>();
        toEmbed.forEach((field, batch) -> embedded.add(batch.embed(route.leader(), field)));
        return CompletableFuture.allOf(embedded.toArray(CompletableFuture[]::new))
                .thenApply(done -> finish(drafts));
    }

    private static List<PlannedWrite> finish(List<Draft> drafts) {
        List<PlannedWrite> plans = new ArrayList<>(drafts.size());
        drafts.forEach(draft -> plans.add(draft.finish()));
        return plans;
    }

    /** The texts of one field that need the leader's embedder. */
    private record Batch(List<Draft> drafts, List<String> texts) {
        void add(Draft draft, String text) {
            drafts.add(draft);
            texts.add(text);
        }

        CompletableFuture<?> embed(Participant leader, String field) {
            Embedder embedder = leader.embedder(field);
            if (embedder == null) {
                return CompletableFuture.failedFuture(new CallException(
                        CallException.Kind.PRECONDITION,
                        drafts.get(0).op.key() + ": no vector of space "
                                + leader.space(field).name() + " (expected: one, the space has no embedder)"));
            }
            return embedder.embed(texts, Embedder.Use.LIVE_WRITE).thenAccept(vectors -> {
                for (int i = 0; i < drafts.size(); i++) {
                    drafts.get(i).leaderVectors.put(field, vectors.get(i));
                }
            });
        }
    }

    /** A write whose vectors are being found. */
    private static final class Draft {
        private final Route route;
        private final WriteOp op;
        private final @Nullable String changedText;
        private final Map<String, Embedding> leaderVectors = new HashMap<>();

        Draft(Route route, WriteOp op, @Nullable String changedText) {
            this.route = route;
            this.op = op;
            this.changedText = changedText;
            leaderVectors.putAll(sent(route.leader(), op.vectors()));
        }

        private @Nullable String text() {
            if (!(op instanceof WriteOp.Upsert upsert)) {
                return changedText;
            }
            Document document = upsert.document();
            return route.leader().textSource().of(document.text(), document.metadata());
        }

        /**
         * The leader's fields that have no vector yet, each with the text to embed. A write that carries a stamp comes
         * from a Crossfade whose index this is, and is stored as it stands; vectors of fields that nobody here can
         * embed are left standing by a metadata update.
         */
        Map<String, String> missing() {
            String text = text();
            if (text == null || op.stamp() != null) {
                return Map.of();
            }
            Map<String, String> missing = new HashMap<>();
            for (String field : route.leader().spaces().keySet()) {
                boolean stands = changedText != null && route.leader().embedder(field) == null;
                if (!leaderVectors.containsKey(field) && !stands) {
                    missing.put(field, text);
                }
            }
            return missing;
        }

        PlannedWrite finish() {
            Stamp given = op.stamp();
            Sources sources = new Sources(text(), leaderVectors);
            PlannedWrite.Side leader = new PlannedWrite.Side(
                    textFor(route.leader()),
                    leaderVectors,
                    given != null ? given.provenance() : provenance(sources, route.leader(), leaderVectors),
                    written(leaderVectors));
            if (!(route instanceof Route.Paired paired)) {
                return new PlannedWrite(op, leader, null, "", List.of());
            }
            List<NamedVector> kept = kept(paired);
            String source = kept.isEmpty() ? "" : source(sources);
            return new PlannedWrite(op, leader, followerSide(paired, sources), source, kept);
        }

        /**
         * What the vectors were made from, if the write says it. Vectors that were sent alone may say what stands, unless
         * they change that themselves.
         */
        private String source(Sources sources) {
            return switch (op.kind()) {
                case UPSERT -> sources.identity();
                case UPDATE_VECTORS -> leaderVectors.isEmpty() ? ((WriteOp.UpdateVectors) op).madeOf() : "";
                case UPDATE_METADATA, DELETE -> "";
            };
        }

        private @Nullable String textFor(Participant participant) {
            return participant.textSource().isOwn() ? text() : null;
        }

        private PlannedWrite.@Nullable Side followerSide(Route.Paired paired, Sources sources) {
            return switch (op.kind()) {
                case UPSERT -> whole(paired, sources);
                case UPDATE_METADATA ->
                    changedText != null
                                    || paired.follower().textSource().isTouchedBy(((WriteOp.UpdateMetadata) op).patch())
                            ? changedTextOf(paired, sources)
                            : PlannedWrite.Side.NOTHING;
                case UPDATE_VECTORS -> vectorsAlone(paired);
                case DELETE -> PlannedWrite.Side.NOTHING;
            };
        }

        /** The follower's side of a whole document, if all its vectors are at hand. */
        private PlannedWrite.@Nullable Side whole(Route.Paired paired, Sources sources) {
            Participant follower = paired.follower();
            Map<String, Embedding> vectors = sentOrCarried(paired);
            return vectors.keySet().equals(follower.spaces().keySet())
                    ? new PlannedWrite.Side(
                            textFor(follower), vectors, provenance(sources, follower, vectors), written(vectors))
                    : null;
        }

        /** The follower's side of changed vectors, if they are carried, all of them and no others. */
        private PlannedWrite.@Nullable Side vectorsAlone(Route.Paired paired) {
            Map<String, Embedding> vectors = sentOrCarried(paired);
            return vectors.keySet().equals(leaderVectors.keySet())
                            && vectors.keySet().stream().allMatch(paired::carries)
                    ? new PlannedWrite.Side(null, vectors, Map.of(), written(vectors))
                    : null;
        }

        /** The vectors that were sent for the follower, and the leader's where they can be carried. */
        private Map<String, Embedding> sentOrCarried(Route.Paired paired) {
            Map<String, Embedding> vectors = sent(paired.follower(), op.vectors());
            carried(paired).forEach(vectors::putIfAbsent);
            return vectors;
        }

        /**
         * The follower's side of a changed text: where all vectors are carried, those that were made from the text just
         * now.
         */
        private PlannedWrite.@Nullable Side changedTextOf(Route.Paired paired, Sources sources) {
            Participant follower = paired.follower();
            return changedText != null && follower.spaces().keySet().stream().allMatch(paired::carries)
                    ? new PlannedWrite.Side(
                            null, leaderVectors, provenance(sources, follower, leaderVectors), written(leaderVectors))
                    : null;
        }

        /** The leader's vectors in fields where both indexes have one space. */
        private Map<String, Embedding> carried(Route.Paired paired) {
            Map<String, Embedding> carried = new HashMap<>(leaderVectors);
            carried.keySet().removeIf(field -> !paired.carries(field));
            return carried;
        }

        private Map<String, String> provenance(
                Sources sources, Participant participant, Map<String, Embedding> vectors) {
            if (route.isSingle() || op instanceof WriteOp.UpdateVectors) {
                return Map.of();
            }
            Map<String, String> provenance = new HashMap<>();
            for (String field : vectors.keySet()) {
                Provenance known = sources.provenance(field, participant.space(field));
                if (known != null) {
                    provenance.put(field, known.encoded());
                }
            }
            return provenance;
        }

        /**
         * The digests to store beside these vectors. Without a migration nothing is hashed: a whole document has none, and
         * a patch takes away those that an earlier migration has left.
         */
        private Map<String, Long> written(Map<String, Embedding> vectors) {
            Stamp given = op.stamp();
            if (vectors.isEmpty()) {
                return Map.of();
            }
            if (route.isSingle() && (given != null || op.kind() == WriteOp.Kind.UPSERT)) {
                return given == null ? Map.of() : given.written();
            }
            Map<String, Long> written = new HashMap<>();
            vectors.forEach(
                    (field, vector) -> written.put(field, route.isSingle() ? Stamp.FORGOTTEN : Digest.of(vector)));
            return written;
        }

        private List<NamedVector> kept(Route.Paired paired) {
            List<NamedVector> kept = new ArrayList<>();
            for (NamedVector vector : op.vectors()) {
                Space space = paired.follower().spaces().get(vector.field());
                if (space != null && space.name().equals(vector.space()) && !paired.carries(vector.field())) {
                    kept.add(vector);
                }
            }
            return kept;
        }

        private static Map<String, Embedding> sent(Participant participant, List<NamedVector> vectors) {
            Map<String, Embedding> sent = new HashMap<>();
            for (NamedVector vector : vectors) {
                Space space = participant.spaces().get(vector.field());
                if (space != null && space.name().equals(vector.space())) {
                    sent.put(vector.field(), vector.embedding());
                }
            }
            return sent;
        }
    }
}
