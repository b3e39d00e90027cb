package io.crossfade.proxy.migration.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Ledger;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.harness.StoreLink;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.migration.recover.Recovered;
import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index, a state directory or a journal is not the one that it was. */
final class LostIndexTest {
    private static final int DOCUMENTS = 30;

    @TempDir
    Path directory;

    /** Both indexes hold the same, and that is verified. */
    private Fleet verified() {
        Fleet fleet = new Fleet(directory, 1).start();
        for (int i = 0; i < DOCUMENTS; i++) {
            write(fleet, i, "first");
        }
        fleet.migrated();
        fleet.pass(3_000);
        assertThat(blockers(fleet)).isEmpty();
        return fleet;
    }

    private Fleet reversed() {
        Fleet fleet = verified();
        assertThat(fleet.await(fleet.first().flip()).phase()).isEqualTo(Phase.REVERSED);
        fleet.pass(3_000);
        return fleet;
    }

    private static Key key(int number) {
        return Key.of("k" + number);
    }

    private static void write(Fleet fleet, int number, String value) {
        fleet.await(fleet.first().write(Docs.put(key(number), "a", value)));
    }

    private static List<Blocker.Code> blockers(Fleet fleet) {
        return fleet.await(fleet.first().admin().flip(dryRun())).blockers().stream()
                .map(Blocker::code)
                .toList();
    }

    private static io.crossfade.proxy.migration.admin.Admin.StepRequest dryRun() {
        return new io.crossfade.proxy.migration.admin.Admin.StepRequest(java.util.Optional.empty(), true, "", false);
    }

    private static List<Doubt.Kind> doubts(Fleet fleet) {
        return fleet.state().doubts().stream().map(Doubt::kind).toList();
    }

    /** Completes, whatever comes of it. */
    private static void finish(Fleet fleet, CompletableFuture<?> call) {
        fleet.until(call::isDone);
        assertThat(call).isDone();
    }

    private static void repair(Fleet fleet) {
        VerifyState repaired = fleet.await(fleet.first().verify(true));
        assertThat(repaired.verdict().different()).isZero();
        fleet.await(fleet.first().verify(false));
    }

    /** K1a. */
    @Test
    void followerIsEmptied_theFlipIsBlockedAndNothingIsSentThere() {
        Fleet fleet = verified();
        fleet.migration.restore(MemoryStore.Copy.EMPTY);
        assertThat(blockers(fleet)).contains(Blocker.Code.INDEX_REPLACED);
        fleet.pass(100);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_REPLACED);
        write(fleet, 0, "second");
        fleet.pass(10_000);
        assertThat(fleet.onMigration()).isEmpty();
        assertThat(fleet.onPrimary()).hasSize(DOCUMENTS);
        CompletableFuture<?> flip = fleet.first().flip();
        finish(fleet, flip);
        assertThatThrownBy(flip::join).hasCauseInstanceOf(CallException.class);
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
    }

    /** K1a, as it goes on. */
    @Test
    void followerIsEmptiedAndAccepted_aVerifyWithRepairMakesItWholeAgain() {
        Fleet fleet = verified();
        fleet.migration.restore(MemoryStore.Copy.EMPTY);
        fleet.pass(10_000);
        fleet.await(fleet.first().admin().accept(fleet.migration.name(), "it was emptied on purpose"));
        fleet.pass(100);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.UNCOMPARED);
        repair(fleet);
        fleet.pass(100);
        assertThat(doubts(fleet)).isEmpty();
        assertThat(fleet.onMigration()).hasSize(DOCUMENTS);
        assertThat(fleet.await(fleet.first().flip()).phase()).isEqualTo(Phase.REVERSED);
    }

    @Test
    void accepted_theNextCallIsNotRefusedForIt() {
        Fleet fleet = verified();
        fleet.migration.restore(MemoryStore.Copy.EMPTY);
        fleet.pass(10_000);
        fleet.slowStore();
        fleet.await(fleet.first().admin().accept(fleet.migration.name(), "it was emptied on purpose"));
        fleet.await(fleet.first().verify(true));
        assertThat(fleet.onMigration()).hasSize(DOCUMENTS);
    }

    /** K1b: a copy that has all the notes that were ever answered for, but not the last writes. */
    @Test
    void followerIsRestored_fromSoShortBeforeThatOnlyTheLastWritesTell() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.migration.copy();
        write(fleet, 0, "second");
        fleet.migration.restore(copy);
        assertThat(blockers(fleet)).contains(Blocker.Code.INDEX_WENT_BACK);
        fleet.pass(100);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
        repair(fleet);
        assertThat(fleet.await(fleet.first().flip()).phase()).isEqualTo(Phase.REVERSED);
        assertThat(Docs.value(fleet.onMigration().get(key(0)))).isEqualTo("second");
    }

    /** K1b: the notes tell of writes that nobody remembers singly any more. */
    @Test
    void followerIsRestored_fromLongBefore() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.migration.copy();
        write(fleet, 0, "second");
        fleet.pass(5_000);
        fleet.migration.restore(copy);
        fleet.pass(10_000);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
        assertThat(blockers(fleet)).contains(Blocker.Code.INDEX_WENT_BACK, Blocker.Code.NOT_VERIFIED);
    }

    /** K1b: the sidecar begins anew in between. */
    @Test
    void followerIsRestored_whileNobodyLooks() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.migration.copy();
        write(fleet, 0, "second");
        fleet.pass(5_000);
        fleet.first().kill();
        fleet.migration.restore(copy);
        fleet.first().start();
        fleet.pass(10_000);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
    }

    /** K1b, between the last look of the members and the moment when it would serve. */
    @Test
    void indexThatIsToServeGoesBackAfterTheCommit_theCrossingIsTakenBack() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.migration.copy();
        write(fleet, 0, "second");
        fleet.observeAgreed(state -> {
            if (state.phase() == Phase.SWITCHED) {
                fleet.migration.restore(copy);
            }
        });
        CompletableFuture<?> flip = fleet.first().flip();
        finish(fleet, flip);
        assertThat(flip).isCompletedExceptionally();
        fleet.until(() -> fleet.phase() == Phase.MIRRORING);
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(fleet.first().route().leader().name()).isEqualTo(fleet.primary.name());
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
    }

    /** Seed 1241: the doubt is recorded in the state that was to be taken, and may be handled after the way back. */
    @Test
    void crossingIsTakenBack_andAnOlderStateIsHandledAfterThat_itIsNotTaken() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.migration.copy();
        write(fleet, 0, "second");
        fleet.slowStore();
        FaultPlan slow = FaultPlan.on(FaultPlan.Operation.READ, new Fault.Slow(Duration.ofMillis(50)));
        fleet.first().toPrimary().faults().plan(slow);
        fleet.first().toMigration().faults().plan(slow);
        fleet.observeAgreed(state -> {
            if (state.phase() == Phase.SWITCHED) {
                fleet.migration.restore(copy);
            }
        });
        CompletableFuture<?> flip = fleet.first().flip();
        for (int i = 0; i < 1_000 && !flip.isDone(); i++) {
            fleet.pass(10);
            assertThat(fleet.first().route().leader().name()).isEqualTo(fleet.primary.name());
        }
        assertThat(flip).isCompletedExceptionally();
    }

    /** The same, where the process is killed before it has moved the reads. */
    @Test
    void indexThatIsToServeGoesBack_whileTheSidecarIsDown_theCrossingIsTakenBack() {
        Fleet fleet = verified();
        fleet.observeAgreed(state -> {
            if (state.phase() == Phase.SWITCHED
                    && fleet.first().hasBegun()
                    && fleet.first().isServing()) {
                fleet.first().kill();
            }
        });
        var unused = fleet.first().flip();
        fleet.pass(100);
        assertThat(fleet.phase()).isEqualTo(Phase.SWITCHED);
        fleet.migration.restore(MemoryStore.Copy.EMPTY);
        fleet.setting.bootstrap(true);
        fleet.first().start();
        fleet.until(() -> fleet.phase() == Phase.MIRRORING);
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(fleet.first().route().leader().name()).isEqualTo(fleet.primary.name());
    }

    /** K1c. */
    @Test
    void leaderIsEmptied_noRepairTakesTheLastCopy() {
        Fleet fleet = reversed();
        fleet.migration.restore(MemoryStore.Copy.EMPTY);
        finish(fleet, fleet.first().verify(true));
        fleet.pass(10_000);
        assertThatThrownBy(() -> fleet.first().verify(true)).hasMessageContaining("LEADER_LOST");
        assertThat(fleet.onPrimary()).hasSize(DOCUMENTS);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_REPLACED);
        fleet.await(fleet.first().rollback());
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(fleet.first().route().leader().name()).isEqualTo(fleet.primary.name());
    }

    /** K1c, where only the last write is gone. */
    @Test
    void leaderLostAWrite_noReplayTakesTheLastCopyOfIt() {
        Fleet fleet = reversed();
        MemoryStore.Copy copy = fleet.migration.copy();
        write(fleet, 0, "second");
        assertThat(Docs.value(fleet.onPrimary().get(key(0)))).isEqualTo("second");
        fleet.migration.restore(copy);
        fleet.await(fleet.first().admin().reconcile(List.of(key(0))));
        fleet.pass(10_000);
        assertThat(Docs.value(fleet.onPrimary().get(key(0)))).isEqualTo("second");
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
    }

    /** The same, where nobody remembers that write singly any more. */
    @Test
    void leaderLostAWriteThatANoteCovers_noReplayTakesTheLastCopyOfIt() {
        Fleet fleet = reversed();
        MemoryStore.Copy copy = fleet.migration.copy();
        write(fleet, 0, "second");
        fleet.pass(3_000);
        fleet.migration.restore(copy);
        fleet.await(fleet.first().admin().reconcile(List.of(key(0))));
        fleet.pass(10_000);
        assertThat(Docs.value(fleet.onPrimary().get(key(0)))).isEqualTo("second");
    }

    /** Seed 114039: a look tells nothing of a document that is being written, so what was read of it is not copied. */
    @Test
    void leaderLostADocumentThatIsBeingWritten_noReconcileTakesTheLastCopyOfIt() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.primary.copy();
        write(fleet, 0, "second");
        fleet.primary.restore(copy);
        GatedIndex leader = fleet.first().toPrimary().gate();
        leader.holdFetches(true);
        var unused = fleet.first().admin().reconcile(List.of(key(0)));
        fleet.pass(10);
        leader.holdFetches(false);
        leader.holdWrites(true);
        CompletableFuture<?> write = fleet.first().write(Docs.patch(key(0), "note", "n"));
        fleet.pass(10);
        leader.fetch(0).answer();
        fleet.pass(100);
        assertThat(Docs.value(fleet.onMigration().get(key(0)))).isEqualTo("second");
        leader.write(0).answer(GatedIndex.all(1, new Outcome.Failed("down")));
        leader.holdWrites(false);
        finish(fleet, write);
        fleet.pass(10_000);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
        assertThat(Docs.value(fleet.onMigration().get(key(0)))).isEqualTo("second");
    }

    /** R35: notes that are written meanwhile do not cover it. */
    @Test
    void leaderLostADocumentThatWasBeingWritten_theLossIsFound() {
        Fleet fleet = verified();
        MemoryStore.Copy older = fleet.primary.copy();
        GatedIndex leader = fleet.first().toPrimary().gate();
        write(fleet, 0, "second");
        leader.holdWrites(true);
        CompletableFuture<?> write = fleet.first().write(Docs.patch(key(0), "note", "n"));
        fleet.pass(1_500);
        leader.write(0).answer(GatedIndex.all(1, new Outcome.Failed("down")));
        leader.holdWrites(false);
        fleet.primary.restore(fleet.primary.copy().withDocumentsOf(older));
        finish(fleet, write);
        fleet.pass(10_000);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
    }

    /** From when the loss is recorded, which others know of at once, until this member hears of it. */
    @Test
    void leaderLostAWrite_andTheMemberHearsOfItLate_noReconcileTakesTheLastCopyOfIt() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.primary.copy();
        write(fleet, 0, "second");
        fleet.first().link().trouble(() -> StoreLink.Fate.ANSWERED, () -> true);
        fleet.primary.restore(copy);
        Route.Paired route = (Route.Paired) fleet.first().route();
        for (int i = 0; i < 400; i++) {
            var unused = fleet.first().migration().reconciler().reconcile(route, List.of(key(0)), Embedder.Use.REPLAY);
            fleet.pass(5);
            assertThat(Docs.value(fleet.onMigration().get(key(0)))).isEqualTo("second");
        }
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
    }

    /** K1c, the way forward. */
    @Test
    void leaderIsEmptied_whatItLostComesBackFromTheOther() {
        Fleet fleet = reversed();
        fleet.migration.restore(MemoryStore.Copy.EMPTY);
        fleet.pass(10_000);
        write(fleet, 0, "since");
        fleet.await(fleet.first().recover());
        fleet.pass(100);
        assertThat(fleet.onMigration()).hasSize(DOCUMENTS);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.UNCOMPARED);
        repair(fleet);
        fleet.pass(100);
        assertThat(doubts(fleet)).isEmpty();
        assertThat(Docs.value(fleet.onPrimary().get(key(0)))).isEqualTo("since");
        assertThat(fleet.await(fleet.first().complete()).phase()).isEqualTo(Phase.SINGLE);
    }

    /** The last copy is not let go. */
    @Test
    void leaderIsEmptied_theMigrationCannotBeCompleted() {
        Fleet fleet = reversed();
        fleet.migration.restore(MemoryStore.Copy.EMPTY);
        fleet.pass(10_000);
        assertThatThrownBy(() -> fleet.first().complete()).hasMessageContaining("LEADER_LOST");
    }

    /** What no look at the leader tells. */
    @Test
    void leaderLostManyDocumentsUnseen_aRepairDoesNotTakeThemFromTheFollower() {
        Fleet fleet = new Fleet(directory, 1).start();
        for (int i = 0; i < 1_000; i++) {
            write(fleet, i, "first");
        }
        fleet.migrated();
        fleet.pass(3_000);
        MemoryStore.Copy whole = fleet.primary.copy();
        fleet.primary.restore(MemoryStore.Copy.EMPTY);
        fleet.primary.restore(whole.withDocumentsOf(fleet.primary.copy()));
        CompletableFuture<?> repair = fleet.first().verify(true);
        finish(fleet, repair);
        assertThatThrownBy(repair::join).hasMessageContaining("MASS_DELETE");
        assertThat(fleet.onMigration()).hasSizeGreaterThanOrEqualTo(800);
    }

    /** R37. */
    @Test
    void followerGoesBackWhileItIsCompared_thereIsNoVerdict() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.migration.copy();
        write(fleet, 0, "second");
        var findings = new io.crossfade.proxy.harness.Sidecar.Findings() {
            @Override
            public void compared(long documents) {
                fleet.migration.restore(copy);
            }
        };
        CompletableFuture<?> verify = fleet.first().verify(false, findings);
        finish(fleet, verify);
        assertThatThrownBy(verify::join).hasMessageContaining("no verdict");
    }

    /** K1d. */
    @Test
    void leaderIsEmptied_whileTheSidecarIsDown_itDoesNotServe() {
        Fleet fleet = verified();
        fleet.first().kill();
        fleet.primary.restore(MemoryStore.Copy.EMPTY);
        fleet.first().start();
        fleet.pass(1_000);
        assertThat(fleet.first().isServing()).isFalse();
        assertThat(fleet.first().refusal())
                .get()
                .satisfies(refusal -> assertThat(refusal).hasMessageContaining("no lineage"));
    }

    /** K1f. */
    @Test
    void stateDirectoryIsRestored_fromBeforeTheEnd_itDoesNotServe() {
        Fleet fleet = reversed();
        Ledger before = fleet.copyOfControl();
        fleet.await(fleet.first().complete());
        write(fleet, 0, "on the new index only");
        fleet.first().kill();
        fleet.control(before);
        fleet.first().start();
        fleet.pass(1_000);
        assertThat(fleet.first().isServing()).isFalse();
    }

    /** What it would build on is an older copy: the newest version would be one that lacks an acked write. */
    @Test
    void leaderIsRestored_updatesOfWhatItLostAreRefused_untilThatIsBack() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.primary.copy();
        write(fleet, 0, "second");
        write(fleet, DOCUMENTS, "new");
        fleet.primary.restore(copy);
        fleet.pass(10_000);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
        assertThat(List.of(patch(fleet, 0), patch(fleet, DOCUMENTS), patch(fleet, 1)))
                .extracting(WriteReply.Result::leader)
                .containsExactly(WriteReply.Leader.FAILED, WriteReply.Leader.FAILED, WriteReply.Leader.APPLIED);
        assertThat(patch(fleet, 0).error()).contains("has lost the newest version", "recover");
        WriteCall byFilter = new WriteCall(List.of(Docs.delete(key(0))), "", "", new Filter.IdIn(Set.of("k0")));
        assertThat(fleet.await(fleet.first().write(byFilter, Duration.ofSeconds(5)))
                        .results()
                        .get(0)
                        .leader())
                .isEqualTo(WriteReply.Leader.FAILED);
        assertThat(fleet.await(fleet.first().recover()).broughtBack()).isEqualTo(2);
        fleet.pass(100);
        patch(fleet, 0);
        repair(fleet);
        assertBothHave(fleet, 0, "second");
        assertBothHave(fleet, 1, "first");
    }

    /** Before anybody knows: both have the update in one version, the leader on the older copy. */
    @Test
    void leaderIsRestored_andUpdatedBeforeThatIsFound_theAckedTextComesBack() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.primary.copy();
        write(fleet, 0, "second");
        write(fleet, 2, "second");
        fleet.primary.restore(copy);
        assertThat(patch(fleet, 0).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        assertThat(Docs.value(fleet.onPrimary().get(key(0)))).isEqualTo("first");
        fleet.pass(10_000);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
        fleet.await(fleet.first().recover());
        fleet.pass(100);
        repair(fleet);
        assertBothHave(fleet, 0, "second");
    }

    /** The same, where the follower did not get the update: nobody has all of it, so it is named. */
    @Test
    void leaderIsRestored_andUpdatedBeforeThatIsFound_withoutTheFollower_theDocumentIsNamed() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.primary.copy();
        write(fleet, 0, "second");
        write(fleet, 2, "second");
        fleet.primary.restore(copy);
        fleet.first().toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("down"))));
        assertThat(patch(fleet, 0).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        fleet.pass(10_000);
        List<Key> unsettled = new ArrayList<>();
        Recovered recovered = fleet.await(fleet.first().recover(unsettled::add));
        assertThat(unsettled).containsExactly(key(0));
        assertThat(recovered.unsettled()).isEqualTo(1);
        fleet.pass(100);
        repair(fleet);
        assertThat(Docs.value(fleet.onPrimary().get(key(0)))).isEqualTo("second");
        assertThat(Docs.value(fleet.onMigration().get(key(0)))).isEqualTo("second");
    }

    /** It comes back with the older copy of the leader, and is updated there. */
    @Test
    void leaderIsRestored_andARemovedDocumentIsUpdated_itIsRemovedAgainAndNamed() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.primary.copy();
        fleet.await(fleet.first().write(Docs.delete(key(0))));
        write(fleet, 2, "second");
        fleet.primary.restore(copy);
        assertThat(patch(fleet, 0).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        fleet.pass(10_000);
        List<Key> unsettled = new ArrayList<>();
        fleet.await(fleet.first().recover(unsettled::add));
        assertThat(unsettled).containsExactly(key(0));
        fleet.pass(100);
        repair(fleet);
        assertThat(fleet.onPrimary()).doesNotContainKey(key(0));
        assertThat(fleet.onMigration()).doesNotContainKey(key(0));
    }

    /** Seed 1603: the update must not hide that the removal is gone. */
    @Test
    void leaderIsRestored_andTheOnlyDocumentThatItLostIsUpdated_theLossIsFound() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.primary.copy();
        fleet.await(fleet.first().write(Docs.delete(key(0))));
        fleet.primary.restore(copy);
        patch(fleet, 0);
        fleet.pass(10_000);
        assertThat(doubts(fleet)).containsExactly(Doubt.Kind.INDEX_WENT_BACK);
    }

    /** Then nobody can tell; the leader's own copy of most documents is the newest, but not of all. */
    @Test
    void leaderIsRestored_andTheFollowerHangs_updatesAreRefused() {
        Fleet fleet = verified();
        MemoryStore.Copy copy = fleet.primary.copy();
        write(fleet, 0, "second");
        fleet.primary.restore(copy);
        fleet.pass(10_000);
        fleet.first().toMigration().faults().plan(FaultPlan.always(new Fault.Hang()));
        assertThat(patch(fleet, 0).error()).contains("cannot tell");
        write(fleet, 0, "third");
        assertThat(Docs.value(fleet.onPrimary().get(key(0)))).isEqualTo("third");
    }

    /** Two processes on copies of one disk: each would lose what the other has acked. */
    @Test
    void twinBegins_theOneThatWasThereStops_andNothingIsLost() {
        Fleet fleet = verified();
        Sidecar first = fleet.first();
        Sidecar twin = first.twin();
        twin.start();
        fleet.until(twin::isServing);
        fleet.await(twin.write(Docs.put(key(1), "a", "through the twin")));
        CompletableFuture<?> last = first.write(Docs.put(key(0), "a", "through the first"));
        finish(fleet, last);
        assertThat(last).isCompleted();
        fleet.pass(10_000);
        CompletableFuture<?> refused = first.write(Docs.put(key(0), "a", "never"));
        finish(fleet, refused);
        assertThatThrownBy(refused::join).cause().hasMessageContaining("another process");
        fleet.await(twin.verify(true));
        assertThat(fleet.await(twin.flip()).phase()).isEqualTo(Phase.REVERSED);
        assertThat(Docs.value(fleet.onMigration().get(key(0)))).isEqualTo("through the first");
        assertThat(Docs.value(fleet.onMigration().get(key(1)))).isEqualTo("through the twin");
    }

    private static void assertBothHave(Fleet fleet, int number, String text) {
        for (StoredDocument document :
                List.of(fleet.onPrimary().get(key(number)), fleet.onMigration().get(key(number)))) {
            assertThat(Docs.value(document)).isEqualTo(text);
            assertThat(document.metadata()).containsEntry("note", Value.of("n"));
        }
    }

    private static WriteReply.Result patch(Fleet fleet, int number) {
        return fleet.await(fleet.first().write(Docs.patch(key(number), "note", "n")))
                .results()
                .get(0);
    }

    /** K1g. */
    @Test
    void journalIsRestored_fromBeforeWritesWerePending_theRangeIsDirty() {
        Fleet fleet = verified();
        fleet.pass(10_000);
        Runnable older = fleet.first().disk.copy();
        fleet.first().toMigration().gate().holdWrites(true);
        write(fleet, 0, "pending");
        fleet.pass(3_000);
        fleet.first().kill();
        fleet.pass(1_000);
        older.run();
        fleet.first().start();
        fleet.pass(1_000);
        assertThat(fleet.first().migration().dirty().range()).isPresent();
        assertThat(blockers(fleet)).contains(Blocker.Code.DIRTY_RANGE);
    }

    /** The note on the index tells which versions were given by then, and not of those that were given after it. */
    @Test
    void journalIsRestored_andTheClockIsSetBack_versionsAreAboveThoseThatNoNoteTells() {
        Fleet fleet = verified();
        fleet.pass(10_000);
        Runnable older = fleet.first().disk.copy();
        write(fleet, 0, "noted");
        fleet.pass(2_000);
        fleet.pass(900);
        write(fleet, 0, "after the note");
        long given = version(fleet, 0);
        fleet.first().kill();
        older.run();
        fleet.first().start(Duration.ofDays(-1));
        fleet.pass(2_000);
        write(fleet, 0, "later");
        assertThat(version(fleet, 0)).isGreaterThan(given);
    }

    private static long version(Fleet fleet, int number) {
        return Objects.requireNonNull(fleet.onPrimary().get(key(number))).version();
    }

    /** R35: it may not have landed, and a later one says only that it was sent. */
    @Test
    void noteIsNotAnswered_andTheProcessIsKilledAtTheNextOne_theNextProcessDoesNotExpectIt() {
        Fleet fleet = verified();
        long noted = fleet.first().disk.known(fleet.migration.name()).sent();
        write(fleet, 0, "second");
        nothingIsAnsweredAfterNote(fleet, noted + 1);
        fleet.pass(4_000);
        nothingIsAnsweredAfterNote(fleet, noted + 2);
        assertThat(fleet.until(() -> isNoted(fleet, noted + 2))).isTrue();
        fleet.first().kill();
        fleet.first().start();
        fleet.pass(10_000);
        assertThat(doubts(fleet)).isEmpty();
    }

    /** The follower's engine hears nothing from when the note of that number is in the journal. */
    private static void nothingIsAnsweredAfterNote(Fleet fleet, long number) {
        fleet.first()
                .toMigration()
                .faults()
                .plan((operation, call) -> isNoted(fleet, number) ? new Fault.Hang() : Fault.NONE);
    }

    private static boolean isNoted(Fleet fleet, long number) {
        return fleet.first().disk.known(fleet.migration.name()).sent() >= number;
    }

    /** Seed 1572: of two that are under way at once the older could land last. */
    @Test
    void noteIsAskedForWhileOneIsUnderWay_itIsSentAfterThat() {
        Fleet fleet = verified();
        String index = fleet.migration.name();
        long before = fleet.first().disk.known(index).sent();
        Participant follower = fleet.first().paired().follower();
        Identities identities = fleet.first().migration().identities();
        fleet.slowReads();
        CompletableFuture<?> one = identities.beat(follower);
        CompletableFuture<?> other = identities.beat(follower);
        fleet.pass(30); // it has been looked at, and is being written to
        assertThat(one).isNotDone();
        assertThat(fleet.first().disk.known(index).sent()).isEqualTo(before + 1);
        fleet.await(one);
        fleet.await(other);
        assertThat(fleet.first().disk.known(index).sent()).isEqualTo(before + 2);
    }

    /** Seed 2268: a comparison of the first goes on, and what it knows of the indexes is of before. */
    @Test
    void secondMigrationBegins_whatALookOfTheFirstFindsPutsNothingInDoubt() {
        Fleet fleet = verified();
        Route.Paired first = fleet.first().paired();
        Identities ofTheFirst = fleet.first().migration().identities();
        fleet.await(fleet.first().abort());
        fleet.await(fleet.first().startMigration());
        assertThat(fleet.await(ofTheFirst.vouch(first.leader())).isSame()).isFalse();
        fleet.pass(100);
        assertThat(doubts(fleet)).isEmpty();
    }
}
