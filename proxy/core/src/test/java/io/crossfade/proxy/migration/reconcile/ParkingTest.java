package io.crossfade.proxy.migration.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Documents that the follower cannot have are set aside, and come back. */
final class ParkingTest extends ReconcileFixture {
    private static void refuseDocuments(Pair pair) {
        pair.toMigration()
                .faults()
                .plan(FaultPlan.on(
                        FaultPlan.Operation.WRITE,
                        new Fault.Refuse(new Outcome.Rejected("too large"), write -> !write.isRemoval())));
    }

    @Test
    void refusedByTheFollower_itsOlderCopyIsTakenFromThere() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "x"));
        refuseDocuments(pair);
        pair.write(Docs.put(KEY, "a", "large"));
        pair.pass(100);
        assertThat(pair.migration().parked().isParked(KEY)).isTrue();
        assertThat(pair.onMigration(KEY)).isNull();
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void refusedByTheModel_itsOlderCopyIsTakenFromTheFollower() {
        Pair pair = embedding(new Docs.Model("b"));
        written(pair, Docs.put(KEY, "a", "fit"));
        pair.write(Docs.put(KEY, "a", "unfit"));
        pair.pass(100);
        assertThat(pair.migration().parked().isParked(KEY)).isTrue();
        assertThat(pair.onMigration(KEY)).isNull();
    }

    @Test
    void olderCopyCannotBeTaken_itStaysPendingUntilItCan() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "x"));
        pair.toMigration()
                .faults()
                .plan((operation, number) -> operation == FaultPlan.Operation.WRITE && number % 2 == 0
                        ? new Fault.Refuse(new Outcome.Rejected("too large"), write -> !write.isRemoval())
                        : new Fault.Refuse(new Outcome.Failed("busy"), write -> write.isRemoval()));
        pair.write(Docs.put(KEY, "a", "large"));
        pair.pass(10);
        assertThat(pair.migration().parked().isParked(KEY)).isFalse();
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        refuseDocuments(pair);
        pair.pass(2_000);
        assertThat(pair.migration().parked().isParked(KEY)).isTrue();
        assertThat(pair.onMigration(KEY)).isNull();
    }

    @Test
    void notText_isParkedAndListed() {
        Pair pair = embedding(new Docs.Model("b"));
        pair.write(Docs.put(KEY, null, List.of(Docs.named("a", "x"))));
        pair.pass(100);
        assertThat(pair.migration().parked().list(10))
                .singleElement()
                .satisfies(parked -> assertThat(parked.reason()).contains("no text"));
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void rejectedByTheFollower_isParkedWithItsReason() {
        Pair pair = carrying();
        refuseDocuments(pair);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(100);
        assertThat(pair.migration().parked().list(10))
                .singleElement()
                .satisfies(parked -> assertThat(parked.reason()).isEqualTo("too large"));
        pair.toMigration().faults().heal();
        assertThat(reconcile(pair).join().reconciled()).isEqualTo(1);
        assertThat(pair.migration().parked().count()).isZero();
    }

    @Test
    void oneTextIsRefusedByTheModel_onlyThatOneIsParked() {
        Pair pair = embedding(new Docs.Model("b"));
        pair.write(
                Docs.put(KEY, "a", "fit"), Docs.put(Key.of("2"), "a", "unfit"), Docs.put(Key.of("3"), "a", "fit too"));
        pair.pass(100);
        assertThat(pair.migration().parked().list(10))
                .singleElement()
                .satisfies(parked -> assertThat(parked.key()).isEqualTo(Key.of("2")));
        assertThat(pair.migrationEngine.contents()).containsOnlyKeys(KEY, Key.of("3"));
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void modelFailsForOneText_theOthersAreCopiedAndItsReasonIsShown() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        model.down(true);
        writeTwenty(pair);
        model.down(false);
        pair.pass(30_000);
        assertThat(pair.migrationEngine.contents()).hasSize(19);
        assertThat(pair.migration().marks().list(10)).singleElement().satisfies(pending -> {
            assertThat(pending.key()).isEqualTo(Key.of("7"));
            assertThat(pending.reason()).contains("status 500");
        });
        assertThat(pair.migration().marks().oldestNanos())
                .isGreaterThan(Duration.ofSeconds(29).toNanos());
    }

    @Test
    void modelFailsForAllTexts_itIsNotAskedForEachOfThem() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        model.down(true);
        for (int i = 0; i < 64; i++) {
            pair.write(Docs.put(Key.of("k" + i), "a", "text " + i));
        }
        pair.migration().stopReplay();
        pair.pass(5_000);
        List<Key> keys = IntStream.range(0, 64).mapToObj(i -> Key.of("k" + i)).toList();
        int before = model.calls();
        var unused = pair.migration().reconciler().reconcile(pair.paired(), keys, Embedder.Use.BACKFILL);
        pair.settle();
        assertThat(model.calls() - before).isBetween(2, 9);
    }

    @Test
    void reconcileFailsAgainAndAgain_theAgeCountsFromItsFirstMark() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        written(pair, Docs.put(KEY, "a", "x"));
        pair.toMigration()
                .faults()
                .plan(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.Refuse(new Outcome.Failed("busy"))));
        reconcile(pair);
        pair.pass(20_000);
        assertThat(pair.migration().marks().oldestNanos())
                .isGreaterThan(Duration.ofSeconds(19).toNanos());
    }

    @Test
    void modelFailsForSomeTexts_theOthersAreCopiedHoweverTheyMeetInABatch() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        model.down(true);
        for (int i = 0; i < 48; i++) {
            pair.write(Docs.put(Key.of(String.valueOf(i)), "a", i % 12 < 8 ? "stuck " + i : "text " + i));
        }
        pair.pass(100);
        model.down(false);
        pair.pass(30_000);
        assertThat(pair.migrationEngine.contents()).hasSize(16);
    }

    @Test
    void modelRefusesSomeTexts_noneButThoseIsParkedHoweverTheyMeetInABatch() {
        Docs.Model model = new Docs.Model("b");
        Pair pair = embedding(model);
        model.down(true);
        for (int i = 0; i < 48; i++) {
            pair.write(Docs.put(Key.of(String.valueOf(i)), "a", textOf(i)));
        }
        pair.pass(100);
        model.down(false);
        pair.pass(30_000);
        assertThat(pair.migration().parked().list(100)).hasSize(24);
        assertThat(pair.migrationEngine.contents()).hasSize(16);
        assertThat(pair.migration().marks().pendingKeys()).isEqualTo(8);
    }

    private static String textOf(int i) {
        return i % 12 < 6 ? "unfit " + i : i % 12 < 8 ? "stuck " + i : "text " + i;
    }

    @Test
    void stuckDocumentIsChangedAgainAndAgain_theAgeCountsFromItsFirstMark() {
        Pair pair = embedding(new Docs.Model("b"));
        pair.toMigration().faults().plan(FaultPlan.on(FaultPlan.Operation.READ, new Fault.Slow(Duration.ofMillis(7))));
        pair.write(Docs.put(KEY, "a", "stuck"));
        for (int i = 0; i < 2_000; i++) {
            pair.pass(10);
            pair.write(Docs.patch(KEY, "note", "n" + i));
        }
        assertThat(pair.migration().marks().oldestNanos())
                .isGreaterThan(Duration.ofSeconds(19).toNanos());
        assertThat(pair.migration().marks().list(1))
                .singleElement()
                .satisfies(pending -> assertThat(pending.reason()).contains("status 500"));
    }

    private static void writeTwenty(Pair pair) {
        for (int i = 0; i < 20; i++) {
            pair.write(Docs.put(Key.of(String.valueOf(i)), "a", i == 7 ? "stuck" : "text " + i));
        }
        pair.pass(100);
    }

    @Test
    void parkedDocumentIsWrittenAgain_isLeftToReconcileWhichSetsItFree() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "x"));
        refuseDocuments(pair);
        pair.write(Docs.put(KEY, "a", "large"));
        pair.pass(100);
        assertThat(pair.migration().parked().isParked(KEY)).isTrue();
        pair.toMigration().faults().heal();
        pair.write(Docs.patch(KEY, "colour", "red"));
        pair.settle();
        assertQuietAndEqual(pair);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("large");
        assertThat(pair.migration().parked().count()).isZero();
    }

    @Test
    void parkedDocumentIsDeleted_isNoLongerParked() {
        Pair pair = embedding(new Docs.Model("b"));
        pair.write(Docs.put(KEY, null, List.of(Docs.named("a", "x"))));
        pair.pass(100);
        assertThat(pair.migration().parked().isParked(KEY)).isTrue();
        pair.write(Docs.delete(KEY));
        pair.pass(100);
        assertThat(pair.migration().parked().count()).isZero();
    }

    @Test
    void parkedWhileAWriteWaitsForBoth_theReplySaysParked() {
        Pair pair = carrying();
        pair.phase(Phase.SEALED);
        refuseDocuments(pair);
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(100);
        assertThat(reply.join().results().get(0).follower()).isEqualTo(WriteReply.Follower.PARKED);
    }

    @Test
    void journalRefusesToPark_theKeyStaysPending() {
        Pair pair = new Pair(directory);
        pair.setting.refuseOnLoss(true);
        pair.begin(Phase.MIRRORING);
        refuseDocuments(pair);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        pair.disk.failSync(0);
        pair.pass(100);
        assertThat(pair.migration().parked().isParked(KEY)).isTrue();
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        pair.migration().stopReplay();
        pair.pass(1_000);
        assertThat(pair.migration().marks().ready(1)).containsExactly(KEY);
    }
}
