package io.crossfade.proxy.migration.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.harness.StoreLink.Fate;
import io.crossfade.proxy.index.FilterSupport;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StepsTest {
    private static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void wholeMigration_writesGoOnAllTheWay(int size) {
        Fleet fleet = StepsFixture.fleet(directory, size).migrated();
        List<CompletableFuture<WriteReply>> replies = new ArrayList<>();
        writeOn(fleet, replies, 50);
        var flipped = fleet.first().flip();
        while (!flipped.isDone()) {
            writeOn(fleet, replies, 1);
        }
        assertThat(flipped.join().phase()).isEqualTo(Phase.REVERSED);
        writeOn(fleet, replies, 50);
        var back = fleet.first().rollback();
        while (!back.isDone()) {
            writeOn(fleet, replies, 1);
        }
        assertThat(back.join().phase()).isEqualTo(Phase.MIRRORING);
        fleet.pass(2_000);
        assertThat(replies).allSatisfy(reply -> assertThat(reply).isCompleted());
        StepsFixture.assertEqual(fleet);
    }

    private static void writeOn(Fleet fleet, List<CompletableFuture<WriteReply>> replies, int rounds) {
        for (int i = 0; i < rounds; i++) {
            for (Sidecar sidecar : fleet.sidecars) {
                int n = replies.size();
                Key key = Key.of("k" + n % 7);
                replies.add(sidecar.write(n % 5 == 0 ? Docs.delete(key) : Docs.put(key, "a", "live " + n)));
            }
            fleet.pass(1);
            assertThat(replies.size()).isLessThan(100_000);
        }
    }

    /** Holds because the copy waits: the write has no mark, and a scan that has gone by would never see it. */
    /** A member that was held up must neither undo what is recorded for the next migration nor count as it. */
    @Test
    void recordOfANewerMigration_isNotChangedForAnOlderOne() {
        Stepper.requireNotOvertaken(500, 500);
        Stepper.requireNotOvertaken(500, 400);
        assertThatThrownBy(() -> Stepper.requireNotOvertaken(500, 501))
                .isInstanceOfSatisfying(
                        CallException.class, failed -> assertThat(failed.kind()).isEqualTo(CallException.Kind.ABORTED));
    }

    @Test
    void writeOfSingleLandsWhenItsCallIsOver_isCopied() {
        Fleet fleet = StepsFixture.fleet(directory, 1);
        fleet.first().toPrimary().faults().plan(FaultPlan.onWrite(0, new Fault.LateApply(Duration.ofMillis(300))));
        fleet.first().write(Duration.ofMillis(100), Docs.put(KEY, "a", "late"));
        fleet.await(fleet.first().startMigration());
        fleet.pass(5_000);
        assertThat(fleet.first().progress())
                .hasValueSatisfying(progress -> assertThat(progress.isDone()).isTrue());
        assertThat(fleet.onPrimary()).containsKey(KEY);
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void complete_leavesTheNewIndexAlone() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.await(fleet.first().flip());
        Admin.Stepped done = fleet.await(fleet.first().complete());
        assertThat(done.phase()).isEqualTo(Phase.SINGLE);
        assertThat(fleet.state().primary()).isEqualTo("new");
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "x")));
        assertThat(fleet.onMigration()).containsKey(KEY);
        assertThat(fleet.onPrimary()).doesNotContainKey(KEY);
    }

    @Test
    void followerDiesInSealed_stepsBackAndWaitingWritesAreAcked() {
        Fleet fleet = StepsFixture.fleet(directory, 1);
        fleet.setting.sealedLimit(java.time.Duration.ofSeconds(3));
        fleet.first().kill();
        fleet.first().start();
        fleet.settle();
        fleet.migrated();
        fleet.slowStore();
        var flipped = fleet.first().flip();
        fleet.until(() -> fleet.first().route().phase() == Phase.SEALED);
        fleet.first().toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        var reply = fleet.first().write(Docs.put(KEY, "a", "x"));
        fleet.until(flipped::isDone);
        assertThat(flipped).isCompletedExceptionally();
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(fleet.await(reply).results().get(0).follower()).isEqualTo(WriteReply.Follower.PENDING);
        fleet.first().toMigration().faults().heal();
        fleet.pass(5_000);
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void adminDiesInSealed_theMemberStepsBackByItself() {
        Fleet fleet = StepsFixture.fleet(directory, 3).migrated();
        fleet.slowReads();
        var unused = fleet.get(2).flip();
        fleet.until(() -> fleet.get(2).route().phase() == Phase.SEALED);
        fleet.get(2).kill();
        fleet.pass(1_000);
        fleet.get(2).start();
        fleet.until(() -> fleet.get(0).route().phase() == Phase.MIRRORING);
        fleet.pass(120_000);
        assertThat(fleet.phase()).isIn(Phase.MIRRORING, Phase.REVERSED);
        fleet.await(fleet.get(2).write(Docs.put(KEY, "a", "x")));
    }

    @Test
    void memberIsAwayAfterTheSealedLimit_steppingBackIsTriedAgainUntilItIsBack() {
        Fleet fleet = StepsFixture.fleet(directory, 3).migrated();
        fleet.slowReads();
        var unused = fleet.get(0).flip();
        fleet.until(() -> fleet.get(1).route().phase() == Phase.SEALED);
        fleet.get(2).kill();
        fleet.pass(200_000);
        fleet.get(2).start();
        fleet.pass(200_000);
        assertThat(fleet.phase()).isIn(Phase.MIRRORING, Phase.REVERSED);
        fleet.await(fleet.get(2).write(Docs.put(KEY, "a", "x")));
    }

    @Test
    void twoRacingAdmins_oneWins() {
        Fleet fleet = StepsFixture.fleet(directory, 3).migrated();
        var first = fleet.get(0).flip();
        var second = fleet.get(1).flip();
        fleet.until(() -> first.isDone() && second.isDone());
        assertThat(List.of(first, second))
                .filteredOn(flip -> !flip.isCompletedExceptionally())
                .hasSize(1);
        fleet.pass(1_000);
        assertThat(fleet.phase()).isEqualTo(Phase.REVERSED);
        StepsFixture.assertEqual(fleet);
    }

    /** Loses each answer in turn: whoever takes the step knows again what it has written. */
    @Test
    void answerOfTheStoreIsLost_theStepIsTakenAllTheSame() {
        Fleet fleet = StepsFixture.fleet(directory, 2).migrated();
        for (int lost = 0; lost < 30; lost++) {
            int[] calls = {lost};
            fleet.first().link().trouble(() -> calls[0]-- == 0 ? Fate.ANSWER_LOST : Fate.ANSWERED, () -> false);
            Phase before = fleet.phase();
            var stepped = before == Phase.MIRRORING
                    ? fleet.first().flip()
                    : fleet.first().rollback();
            fleet.await(stepped);
            assertThat(fleet.phase()).as("answer " + lost).isNotEqualTo(before);
            assertThat(calls[0]).as("calls after answer " + lost).isNegative();
            fleet.pass(1_000);
        }
    }

    /** Loses each answer in turn: who stands in the way is still known when the step has been given up. */
    @Test
    void answerOfTheStoreIsLost_aSilentMemberIsNamedAllTheSame() {
        Fleet fleet = StepsFixture.fleet(directory, 2).migrated();
        fleet.get(1).life().pause();
        for (int lost = 0; lost < 19; lost++) {
            int[] calls = {lost};
            fleet.first().link().trouble(() -> calls[0]-- == 0 ? Fate.ANSWER_LOST : Fate.ANSWERED, () -> false);
            assertThat(StepsFixture.blockers(fleet)).as("answer " + lost).containsExactly(Blocker.Code.MEMBER_SILENT);
            assertThat(calls[0]).as("calls after answer " + lost).isNegative();
        }
    }

    /** Loses each answer in turn. */
    @Test
    void answerOfTheStoreIsLost_aLostMemberIsFencedAllTheSame() {
        for (int lost = 0; lost < 3; lost++) {
            Fleet fleet = StepsFixture.fleet(directory.resolve("" + lost), 2);
            fleet.get(1).kill();
            int[] calls = {lost};
            fleet.first().link().trouble(() -> calls[0]-- == 0 ? Fate.ANSWER_LOST : Fate.ANSWERED, () -> false);
            fleet.await(fleet.first().fence(fleet.get(1)));
            assertThat(fleet.state().members()).as("answer " + lost).containsOnlyKeys("sidecar-0");
            assertThat(calls[0]).as("calls after answer " + lost).isNegative();
        }
    }

    @Test
    void epochsOnlyGrow_acrossRestarts() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        long before = fleet.state().epoch();
        fleet.first().kill();
        fleet.first().start();
        fleet.settle();
        assertThat(fleet.first().route().epoch()).isEqualTo(before);
        fleet.pass(15_000);
        fleet.await(fleet.first().verify(false));
        assertThat(fleet.await(fleet.first().flip()).epoch()).isEqualTo(before + 3);
    }

    @Test
    void removalOfSingleLandsLate_theNewIndexHearsOfIt() {
        Fleet fleet = StepsFixture.fleet(directory, 1);
        Key key = Key.of("k1");
        removeWithoutAnswer_thenStart(fleet, key);
        fleet.until(() -> fleet.first().route().phase() == Phase.MIRRORING);
        fleet.await(fleet.first().write(Docs.put(key, "a", "stands")));
        assertThat(fleet.onPrimary()).containsKey(key);
        assertThat(fleet.onMigration()).containsKey(key);
        fleet.until(() -> !fleet.onPrimary().containsKey(key));
        fleet.pass(5_000);
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void removalOfSingleLandsLate_beforeAForwardIsAnswered_theNewIndexHearsOfIt() {
        Fleet fleet = StepsFixture.fleet(directory, 1);
        Key key = Key.of("k1");
        removeWithoutAnswer_thenStart(fleet, key);
        fleet.first().toMigration().gate().holdWrites(true);
        fleet.await(fleet.first().write(Docs.put(key, "a", "stands")));
        fleet.until(() -> fleet.first().progress().isPresent());
        assertThat(fleet.onPrimary()).doesNotContainKey(key);
        fleet.first().toMigration().gate().releaseWrites();
        fleet.pass(5_000);
        StepsFixture.assertEqual(fleet);
    }

    /** Removes a document in SINGLE, which lands long after its call has failed, and starts a migration meanwhile. */
    private static void removeWithoutAnswer_thenStart(Fleet fleet, Key key) {
        fleet.first()
                .toPrimary()
                .faults()
                .plan((operation, call) -> operation == FaultPlan.Operation.WRITE && call == 0
                        ? new Fault.LateApply(Engine.SETTLE)
                        : Fault.NONE);
        var removal = fleet.first().write(Duration.ofMillis(100), Docs.delete(key));
        fleet.until(removal::isDone);
        fleet.await(fleet.first().startMigration());
    }

    @Test
    void memberJoinsWhileMirroring_bothSettleTheirWrites() {
        Fleet fleet = new Fleet(directory, 3);
        fleet.first().start();
        fleet.settle();
        fleet.await(fleet.first().startMigration());
        fleet.get(1).start();
        fleet.settle();
        assertThat(fleet.first().route().fleet()).isTrue();
        assertThat(fleet.get(1).route().fleet()).isTrue();
    }

    @Test
    void agreedToCross_nothingIsReconciledUntilItIsDecided() {
        Fleet fleet = StepsFixture.fleet(directory, 3).migrated();
        fleet.slowReads();
        fleet.get(2).toMigration().gate().holdWrites(true);
        var flipped = fleet.get(0).flip();
        fleet.until(() -> fleet.get(0).route().phase() == Phase.SEALED);
        var slow = fleet.get(2).write(Docs.put(KEY, "a", "x"));
        fleet.until(() -> answered(fleet.state(), "sidecar-0") && fleet.phase() == Phase.SEALED);
        assertThat(fleet.get(0).member().reconcilable()).isEmpty();
        var result = fleet.get(0)
                .migration()
                .reconciler()
                .reconcile(fleet.get(0).paired(), List.of(KEY), io.crossfade.proxy.embed.Embedder.Use.REPLAY);
        fleet.settle();
        assertThat(result.join().pendingNow()).isEqualTo(1);
        assertThat(fleet.get(0).migration().marks().pendingKeys()).isZero();
        fleet.get(2).toMigration().gate().releaseWrites();
        fleet.await(slow);
        fleet.until(flipped::isDone);
        fleet.pass(1_000);
        assertThat(fleet.phase()).isEqualTo(Phase.REVERSED);
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void clocksAreTwoDaysApart_theLaterWriteStands() {
        Fleet fleet = new Fleet(directory, 2);
        fleet.get(0).start(Duration.ofDays(1));
        fleet.get(1).start(Duration.ofDays(-1));
        fleet.settle();
        fleet.migrated();
        fleet.await(fleet.get(0).write(Docs.put(KEY, "a", "first")));
        fleet.await(fleet.get(1).write(Docs.put(KEY, "a", "second")));
        fleet.pass(5_000);
        assertThat(Docs.value(fleet.onPrimary().get(KEY))).isEqualTo("second");
        StepsFixture.assertEqual(fleet);
    }

    /** R22: what a client saw of this write through one sidecar, it might not see through the other. */
    @Test
    void oneMemberHasNotAppliedSealed_writesOfTheOthersWait() {
        Fleet fleet = StepsFixture.fleet(directory, 3).migrated();
        fleet.get(2).toPrimary().gate().holdWrites(true);
        var slow = fleet.get(2).write(Docs.put(Key.of("k1"), "a", "slow"));
        fleet.settle();
        var flipped = fleet.get(0).flip();
        assertThat(fleet.until(() -> fleet.get(0).route().phase() == Phase.SEALED))
                .isTrue();
        var held = fleet.get(0).write(Docs.put(KEY, "a", "x"));
        fleet.pass(1_000);
        assertThat(fleet.onPrimary()).doesNotContainKey(KEY);
        assertThat(fleet.onMigration()).doesNotContainKey(KEY);
        fleet.get(2).toPrimary().gate().releaseWrites();
        fleet.await(slow);
        fleet.await(held);
        fleet.await(flipped);
        fleet.pass(1_000);
        StepsFixture.assertEqual(fleet);
    }

    /** The one that has not may still write to the index that the others leave. */
    @Test
    void oneMemberHasNotAppliedSealed_nothingIsReconciled() {
        Fleet fleet = StepsFixture.fleet(directory, 2).migrated();
        fleet.get(1).toPrimary().gate().holdWrites(true);
        var slow = fleet.get(1).write(Docs.put(Key.of("k1"), "a", "slow"));
        fleet.settle();
        var flipped = fleet.get(0).flip();
        assertThat(fleet.until(() -> fleet.get(0).route().phase() == Phase.SEALED))
                .isTrue();
        fleet.pass(500);
        assertThat(fleet.get(0).member().reconcilable()).isEmpty();
        fleet.get(1).toPrimary().gate().releaseWrites();
        fleet.await(slow);
        fleet.await(flipped);
        fleet.pass(1_000);
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void oneMemberDoesNotMirrorYet_theHistoryIsNotCopied() {
        Fleet fleet = StepsFixture.fleet(directory, 3);
        fleet.get(2).toPrimary().gate().holdWrites(true);
        var slow = fleet.get(2).write(Docs.put(KEY, "a", "behind the scan"));
        fleet.settle();
        var started = fleet.get(0).startMigration();
        fleet.pass(5_000);
        assertThat(fleet.get(0).route().phase()).isEqualTo(Phase.MIRRORING);
        assertThat(fleet.onMigration()).isEmpty();
        fleet.get(2).toPrimary().gate().releaseWrites();
        fleet.await(slow);
        fleet.await(started);
        fleet.until(() -> fleet.onMigration().size() == fleet.onPrimary().size());
        assertThat(fleet.onMigration()).containsKey(KEY);
        StepsFixture.assertEqual(fleet);
    }

    private static boolean answered(CollectionState state, String member) {
        CollectionState.Step step = state.step();
        return step != null && "".equals(step.answers().get(member));
    }

    @Test
    void repairOfAnOlderDirection_isRefusedAfterTheFlip() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        var before = fleet.first().paired();
        fleet.await(fleet.first().flip());
        fleet.first()
                .toPrimary()
                .faults()
                .plan(FaultPlan.on(
                        FaultPlan.Operation.WRITE,
                        new Fault.Refuse(new Outcome.Rejected("too large"), write -> !write.isRemoval())));
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "only on the new index")));
        fleet.pass(200);
        var result = fleet.first()
                .migration()
                .reconciler()
                .reconcile(before, List.of(KEY), io.crossfade.proxy.embed.Embedder.Use.REPLAY);
        fleet.settle();
        assertThat(result.join().reconciled()).isZero();
        assertThat(fleet.onMigration()).containsKey(KEY);
    }

    @Test
    void clientsWroteWithoutTheNewSpace_theFlipNamesThem() {
        Fleet fleet = new Fleet(directory, 1, "b", TextSource.OWN, Map.of(), Map.of()).start();
        fleet.await(fleet.first().startMigration());
        Duration timeout = Duration.ofSeconds(1);
        var both = Docs.put(Key.of("2"), "x", List.of(Docs.named("a", "x"), Docs.named("b", "x")));
        fleet.await(fleet.first().write(new WriteCall(List.of(Docs.put(KEY, "a", "x")), "", "shop"), timeout));
        fleet.await(fleet.first().write(new WriteCall(List.of(both), "", "search"), timeout));
        assertThat(StepsFixture.refusal(fleet).blockers())
                .filteredOn(blocker -> blocker.code() == Blocker.Code.NOT_FED)
                .extracting(Blocker::detail)
                .containsExactly("without a vector of space b: writes of shop"
                        + " (expected: none within 15 min, the space has no embedder)");
    }

    @Test
    void clientsFilterByWhatTheNewIndexRefuses_theFlipNamesIt_untilNobodyDoes() {
        Fleet fleet = new Fleet(directory, 1);
        fleet.migration.answers(
                Set.of(Filter.Operator.EQ),
                filter -> filter instanceof Filter.Not ? Optional.of("NOT of a list") : Optional.empty());
        fleet.start();
        fleet.await(fleet.first().startMigration());
        Filter red = new Filter.Comparison("colour", Filter.Operator.EQ, List.of(Value.of("red")));
        count(fleet, red);
        assertThat(refusedQueries(fleet)).isEmpty();
        count(fleet, new Filter.Not(red));
        count(
                fleet,
                new Filter.And(List.of(red, new Filter.Comparison("price", Filter.Operator.GT, List.of(Value.of(5))))));
        assertThat(refusedQueries(fleet))
                .containsExactly(
                        "new would refuse a query: NOT of a list (expected: none within 15 min)",
                        "new would refuse a query: price: GT (expected: one of [EQ])"
                                + " (expected: none within 15 min)");
        fleet.pass(Duration.ofMinutes(16).toMillis());
        assertThat(refusedQueries(fleet)).isEmpty();
    }

    @Test
    void driverOfTheNewIndexFailsOnAFilter_theCallDoesNot() {
        Fleet fleet = new Fleet(directory, 1);
        fleet.migration.answers(Set.of(Filter.Operator.EQ), filter -> {
            throw new NoClassDefFoundError("com/example/Filters");
        });
        fleet.start();
        fleet.await(fleet.first().startMigration());
        count(fleet, new Filter.Comparison("colour", Filter.Operator.EQ, List.of(Value.of("red"))));

        assertThat(refusedQueries(fleet))
                .singleElement()
                .asString()
                .contains("its driver fails", "com/example/Filters");
    }

    @Test
    void clientsSearchWithSettingsThatTheNewIndexDoesNotTake_theFlipNamesThem() {
        Fleet fleet = new Fleet(directory, 1);
        fleet.migration.answers(EnumSet.allOf(Filter.Operator.class), FilterSupport.EVERY);
        fleet.start();
        fleet.await(fleet.first().startMigration());
        search(fleet, Map.of());
        assertThat(refusedQueries(fleet)).isEmpty();

        search(fleet, Map.of("ef", Value.of(100)));
        assertThat(refusedQueries(fleet))
                .containsExactly("new would refuse a query: params.ef: unknown (expected: no params)"
                        + " (expected: none within 15 min)");
    }

    private static void search(Fleet fleet, Map<String, Value> params) {
        QueryCall query = new QueryCall(
                "", List.of(Docs.named("a", "x")), "", "", "", 1, 0, null, Map.of(), Projection.ALL, params, "");
        var unused = fleet.await(fleet.first().collection().query(query, Duration.ofSeconds(1)));
    }

    private static void count(Fleet fleet, Filter filter) {
        var unused = fleet.await(fleet.first().collection().count(filter, Duration.ofSeconds(1)));
    }

    private static List<String> refusedQueries(Fleet fleet) {
        return StepsFixture.refusal(fleet).blockers().stream()
                .filter(blocker -> blocker.code() == Blocker.Code.QUERY_REFUSED)
                .map(Blocker::detail)
                .toList();
    }

    /** Who it was is forgotten with the process. */
    @Test
    void clientsWroteWithoutTheNewSpace_andTheSidecarBeganAnew_theFlipWaitsUntilItKnows() {
        Fleet fleet = new Fleet(directory, 1, "b", TextSource.OWN, Map.of(), Map.of()).start();
        fleet.await(fleet.first().startMigration());
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "x")));
        fleet.first().kill();
        fleet.first().start();
        fleet.until(fleet.first()::isServing);
        assertThat(notFed(fleet)).singleElement().asString().contains("space b", "begun anew");
        var both = Docs.put(Key.of("2"), "x", List.of(Docs.named("a", "x"), Docs.named("b", "x")));
        fleet.await(fleet.first().write(both));
        assertThat(notFed(fleet)).isEmpty();
    }

    @Test
    void sidecarBeganAnew_andNobodyWritesForLong_theFlipIsNotInTheWay() {
        Fleet fleet = new Fleet(directory, 1, "b", TextSource.OWN, Map.of(), Map.of()).start();
        fleet.await(fleet.first().startMigration());
        fleet.first().kill();
        fleet.first().start();
        fleet.until(fleet.first()::isServing);
        assertThat(notFed(fleet)).hasSize(1);
        fleet.pass(Duration.ofMinutes(16).toMillis());
        assertThat(notFed(fleet)).isEmpty();
    }

    private static List<String> notFed(Fleet fleet) {
        return StepsFixture.refusal(fleet).blockers().stream()
                .filter(blocker -> blocker.code() == Blocker.Code.NOT_FED)
                .map(Blocker::detail)
                .toList();
    }

    /** The first try is given up while the engine hangs. Then the engine answers both. */
    @Test
    void engineHangsForLongerThanATryOfAStart_itsLateAnswerOpensNoJournalBesideThatOfTheSecondTry() {
        Fleet fleet = StepsFixture.fleet(directory, 1);
        Sidecar sidecar = fleet.first();
        sidecar.toMigration()
                .faults()
                .plan(FaultPlan.on(FaultPlan.Operation.OPEN, new Fault.Slow(Duration.ofSeconds(15))));
        var first = sidecar.startMigration();
        assertThat(fleet.until(first::isDone)).isTrue();
        assertThat(first).isCompletedExceptionally();
        sidecar.toMigration()
                .faults()
                .plan(FaultPlan.on(FaultPlan.Operation.OPEN, new Fault.Slow(Duration.ofMillis(4_990))));
        assertThat(fleet.await(sidecar.startMigration()).blockers()).isEmpty();
        assertThat(sidecar.disk.opened()).isEqualTo(1);
        sidecar.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        fleet.await(sidecar.write(Docs.put(KEY, "a", "x")));
        fleet.pass(20_000);
        assertThat(sidecar.disk.opened()).as("journals opened as new").isEqualTo(1);
        assertThat(sidecar.disk.markedKeys()).contains(KEY);
    }

    @Test
    void startThatIsGivenUp_leavesNoJournalBehind() {
        Fleet fleet = StepsFixture.fleet(directory, 2);
        fleet.get(1).life().pause();
        var start = fleet.first().startMigration();
        fleet.until(start::isDone);
        assertThat(start).isCompletedExceptionally();
        fleet.pass(100);
        assertThat(fleet.first().hasMigration()).isFalse();
        fleet.get(1).life().resume();
        fleet.pass(1_000);
        assertThat(fleet.await(fleet.first().startMigration()).blockers()).isEmpty();
    }
}
