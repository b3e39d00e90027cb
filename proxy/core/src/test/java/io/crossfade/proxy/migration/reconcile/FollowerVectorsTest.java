package io.crossfade.proxy.migration.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the follower's copy is made of. */
final class FollowerVectorsTest extends ReconcileFixture {
    @Test
    void vectorOfAClient_isKeptForTheFollower() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        pair.toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        pair.write(put("x", "x of the client"));
        pair.settle();
        pair.kill();
        pair.start();
        pair.pass(15_000);
        assertQuietAndEqual(pair);
        assertVector(pair, "x of the client");
        assertThat(model.embedded()).isZero();
    }

    @Test
    void vectorOfARefusedWrite_isNotUsedForWhatStands() {
        Pair pair = embedding(new Docs.Model("b"));
        written(pair, Docs.put(KEY, "a", "old"));
        pair.toPrimary().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        pair.write(put("refused", "refused"));
        assertQuietAndEqual(pair);
        assertVector(pair, "old");
    }

    @Test
    void vectorOfAnOlderText_isNotUsedForANewerOneThatIsUnderWay() {
        Pair pair = embedding(new Docs.Model("b"));
        pair.toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        pair.write(put("old", "old"));
        pair.settle();
        pair.toPrimary().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "new"));
        pair.settle();
        pair.toPrimary().gate().write(0).land();
        reconcile(pair);
        pair.toPrimary().gate().write(0).answer();
        assertQuietAndEqual(pair);
        assertVector(pair, "new");
    }

    @Test
    void vectorOfAnOlderText_isNotUsedForWhatAnotherSidecarWroteInBetween() {
        Pair pair = embedding(new Docs.Model("b"));
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        pair.write(put("old", "old"));
        pair.settle();
        Stamp stamp = new Stamp(pair.migration().versions().next(), Map.of());
        pair.toPrimary()
                .participant()
                .index()
                .write(
                        List.of(new IndexWrite.Put(
                                new StoredDocument(KEY, stamp, "new", Map.of(), Map.of("", Docs.vector("a", "new"))))),
                        Pair.TIMEOUT);
        pair.write(Docs.patch(KEY, "colour", "red"));
        pair.settle();
        pair.migration().mirror().breaker().reset();
        assertQuietAndEqual(pair);
        assertVector(pair, "new");
    }

    /** The mark of the newer text is lost with the machine's power, before its call was answered. */
    @Test
    void vectorThatWasSentAlone_isNotUsedForATextOfWhichTheMarkIsLost() {
        Pair pair = embedding(new Docs.Model("b"));
        written(pair, Docs.put(KEY, "a", "old"));
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        pair.write(new WriteOp.UpdateVectors(
                KEY, List.of(new NamedVector("", "b", Docs.vector("b", "old of the client"))), null));
        pair.pass(10);
        Stamp stamp = new Stamp(pair.migration().versions().next(), Map.of());
        pair.toPrimary()
                .participant()
                .index()
                .write(
                        List.of(new IndexWrite.Put(
                                new StoredDocument(KEY, stamp, "new", Map.of(), Map.of("", Docs.vector("a", "new"))))),
                        Pair.TIMEOUT);
        pair.settle();
        pair.kill();
        pair.disk.losePower();
        pair.start();
        pair.settle();
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        pair.write(Docs.patch(KEY, "colour", "red"));
        pair.pass(15_000);
        assertQuietAndEqual(pair);
        assertVector(pair, "new");
    }

    @Test
    void vectorsWereSentAloneOneAfterTheOther_theNewestCounts() {
        Pair pair = embedding(new Docs.Model("b"));
        written(pair, Docs.put(KEY, "a", "x"));
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        for (String vector : List.of("first of the client", "second of the client")) {
            pair.write(
                    new WriteOp.UpdateVectors(KEY, List.of(new NamedVector("", "b", Docs.vector("b", vector))), null));
            pair.settle();
        }
        pair.migration().mirror().breaker().reset();
        assertQuietAndEqual(pair);
        assertVector(pair, "second of the client");
    }

    /** A put that was not answered lands behind the vector; a patch then gives the document a version above both. */
    @Test
    void vectorThatWasSentAloneAndFoundNothing_isNotUsedForWhatLandsLater() {
        Pair pair = embedding(new Docs.Model("b"));
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        pair.toPrimary().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        pair.toPrimary().gate().write(0).answer(GatedIndex.all(1, GatedIndex.unknown()));
        pair.settle();
        pair.toPrimary().gate().holdWrites(false);
        var reply = pair.write(new WriteOp.UpdateVectors(
                KEY, List.of(new NamedVector("", "b", Docs.vector("b", "of the client"))), null));
        pair.settle();
        assertThat(Replies.result(reply).leader()).isEqualTo(WriteReply.Leader.NOT_FOUND);
        pair.toPrimary().gate().write(0).land();
        pair.write(Docs.patch(KEY, "colour", "red"));
        pair.settle();
        pair.migration().mirror().breaker().reset();
        assertQuietAndEqual(pair);
        assertVector(pair, "x");
    }

    /** The patch is not answered, and lands behind the vector: the leader shows the older version then. */
    @Test
    void vectorThatWasSentAlone_countsThoughAnOlderPatchLandsBehindIt() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        written(pair, Docs.put(KEY, "a", "x"));
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        pair.toPrimary().gate().holdWrites(true);
        pair.write(Docs.patch(KEY, "colour", "red"));
        pair.settle();
        pair.toPrimary().gate().write(0).answer(GatedIndex.all(1, GatedIndex.unknown()));
        pair.settle();
        pair.toPrimary().gate().holdWrites(false);
        var reply = pair.write(new WriteOp.UpdateVectors(
                KEY, List.of(new NamedVector("", "b", Docs.vector("b", "x of the client"))), null));
        pair.settle();
        assertThat(Replies.result(reply).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        pair.toPrimary().gate().write(0).land();
        pair.migration().mirror().breaker().reset();
        assertQuietAndEqual(pair);
        assertVector(pair, "x of the client");
    }

    @Test
    void vectorOfAnOlderText_survivesAPatchThatIsUnderWay() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        pair.toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        pair.write(put("x", "x of the client"));
        pair.settle();
        pair.toPrimary().gate().holdWrites(true);
        pair.write(Docs.patch(KEY, "colour", "red"));
        pair.settle();
        pair.toPrimary().gate().write(0).land();
        reconcile(pair);
        pair.toPrimary().gate().write(0).answer();
        assertQuietAndEqual(pair);
        assertVector(pair, "x of the client");
        assertThat(model.embedded()).isZero();
    }

    @Test
    void unchangedText_isNotEmbeddedAgainAndOnlyMetadataIsWritten() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        written(pair, Docs.put(KEY, "a", "x"));
        assertThat(model.embedded()).isEqualTo(1);
        pair.toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        written(pair, Docs.patch(KEY, "colour", "red"));
        assertThat(model.embedded()).isEqualTo(1);
        List<List<IndexWrite>> seen = pair.toMigration().gate().seen();
        assertThat(seen.get(seen.size() - 1)).singleElement().isInstanceOf(IndexWrite.PatchMetadata.class);
        assertThat(Objects.requireNonNull(pair.onMigration(KEY)).metadata()).containsEntry("colour", Value.of("red"));
        assertVector(pair, "x");
    }

    /** After the flip, with a document from before the migration on the old index, whose space has no embedder. */
    private Pair reversed() {
        Pair pair = embedding(new Docs.Model("b"));
        pair.toPrimary()
                .participant()
                .index()
                .write(
                        List.of(new IndexWrite.Put(new StoredDocument(
                                KEY, new Stamp(0, Map.of()), "x", Map.of(), Map.of("", Docs.vector("a", "x"))))),
                        Pair.TIMEOUT);
        pair.settle();
        reconcile(pair);
        pair.phase(Phase.REVERSED);
        pair.settle();
        pair.toPrimary().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        return pair;
    }

    @Test
    void vectorOfBeforeTheMigration_standsAsLongAsItsTextDoes() {
        Pair pair = reversed();
        written(pair, Docs.patch(KEY, "colour", "red"));
        assertThat(pair.migration().parked().isParked(KEY)).isFalse();
        StoredDocument old = Objects.requireNonNull(pair.onPrimary(KEY));
        assertThat(old.metadata()).containsEntry("colour", Value.of("red"));
        assertThat(old.vectors()).containsEntry("", Docs.vector("a", "x"));
    }

    @Test
    void vectorOfBeforeTheMigration_doesNotStandForAnotherText() {
        Pair pair = reversed();
        written(pair, Docs.put(KEY, "y", List.of(Docs.named("b", "y"))));
        assertThat(pair.migration().parked().isParked(KEY)).isTrue();
    }

    private static WriteOp put(String text, String vectorOfFollower) {
        return Docs.put(
                KEY,
                text,
                List.of(Docs.named("a", text), new NamedVector("", "b", Docs.vector("b", vectorOfFollower))));
    }

    private static void assertVector(Pair pair, String text) {
        assertThat(Objects.requireNonNull(pair.onMigration(KEY)).vectors()).containsEntry("", Docs.vector("b", text));
    }
}
