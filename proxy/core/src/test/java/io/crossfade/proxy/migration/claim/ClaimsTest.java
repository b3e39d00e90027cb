package io.crossfade.proxy.migration.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sidecars with two control stores at the engines of one application. */
final class ClaimsTest {
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Key KEY = Key.of("k0");

    @TempDir
    Path directory;

    private Fleet fleet;
    private Fleet other;

    @BeforeEach
    void begin() {
        fleet = new Fleet(directory.resolve("one"), 1);
        other = Fleet.beside(fleet, directory.resolve("other"));
        fleet.setting.claim(LOOK);
        other.setting.claim(LOOK);
        fleet.start();
        other.start();
    }

    private static WriteReply.Leader write(Fleet through, String value) {
        return through.await(through.first().write(Docs.put(KEY, "a", value)))
                .results()
                .get(0)
                .leader();
    }

    private @Nullable String stands() {
        return Docs.value(fleet.primary.document(KEY));
    }

    private CompletableFuture<Admin.Started> migrating() {
        CompletableFuture<Admin.Started> started = fleet.first().startMigration();
        assertThat(fleet.await(started).blockers()).isEmpty();
        return started;
    }

    private void otherIsGone() {
        other.first().kill();
    }

    @Test
    void somebodyElseWritesToTheIndex_theStartIsRefused_andNoWriteFails() {
        fleet.pass(7_000);
        CompletableFuture<Admin.Started> started = fleet.first().startMigration();
        for (int i = 0; i < 100; i++) {
            assertThat(write(fleet, "mine" + i)).isEqualTo(WriteReply.Leader.APPLIED);
            assertThat(write(other, "theirs" + i)).isEqualTo(WriteReply.Leader.APPLIED);
            fleet.pass(500);
        }

        assertThat(started)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("INDEX_TAKEN: old is also used by sidecars with control store other-");
        assertThat(fleet.phase()).isEqualTo(Phase.SINGLE);
        assertThat(fleet.primary.attributes()).doesNotContainKeys(Claim.NAME, "crossfade.objection");
    }

    @Test
    void somebodyElseBeginsAnew_meanwhile_itIsRefused() {
        otherIsGone();
        CompletableFuture<Admin.Started> started = fleet.first().startMigration();
        fleet.pass(5_000);
        other.first().start();
        fleet.pass(1_000);

        assertThat(other.first().refusal().orElseThrow())
                .hasMessageContaining("old is being migrated by collection documents of control store word");
        fleet.await(started);
        assertThat(other.first().isServing()).isFalse();
    }

    @Test
    void somebodyElseWasStoppedInTime_theyWriteNoMore_untilTheMigrationIsGivenUp() {
        write(other, "before");
        fleet.pass(1_000);
        other.first().life().pause();
        migrating();
        assertThat(write(fleet, "mine")).isEqualTo(WriteReply.Leader.APPLIED);
        other.first().life().resume();

        assertThatThrownBy(() -> write(other, "theirs"))
                .hasMessageContaining("old is being migrated by collection documents of control store word");
        assertThat(stands()).isEqualTo("mine");
        fleet.await(fleet.first().abort());
        other.pass(20_000);
        assertThat(write(other, "theirs")).isEqualTo(WriteReply.Leader.APPLIED);
    }

    /** The case in which only the order of clearing, claiming, waiting and reading keeps the two apart. */
    @Test
    void objectionCannotBeMade_nothingIsWrittenOnceTheMigrationBegins() {
        other.first()
                .toPrimary()
                .faults()
                .plan(FaultPlan.on(FaultPlan.Operation.READ, new Fault.Throw(IndexException.Kind.UNAVAILABLE)));
        CompletableFuture<Admin.Started> started = fleet.first().startMigration();
        boolean wrote = false;
        while (!started.isDone()) {
            wrote |= isTaken(other);
            fleet.pass(100);
        }
        fleet.await(started);
        assertThat(wrote).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(isTaken(other)).isFalse();
            fleet.pass(100);
        }
    }

    private static boolean isTaken(Fleet through) {
        try {
            return write(through, "theirs") == WriteReply.Leader.APPLIED;
        } catch (CompletionException e) {
            return false;
        }
    }

    @Test
    void migrationIsCompleted_theIndexThatItHasLeftIsWrittenToNoMore() {
        other.first().life().pause();
        fleet.migrated();
        fleet.await(fleet.first().flip());
        fleet.await(fleet.first().complete());
        other.first().life().resume();

        assertThatThrownBy(() -> write(other, "theirs"))
                .hasMessageContaining("old is no longer that of collection documents of control store word");
        fleet.pass(60_000);
        assertThat(fleet.migration.attributes()).doesNotContainKey(Claim.NAME);
        assertThat(write(fleet, "mine")).isEqualTo(WriteReply.Leader.APPLIED);
    }

    @Test
    void bothBegin_atMostOneMigrates() {
        CompletableFuture<Admin.Started> mine = fleet.first().startMigration();
        CompletableFuture<Admin.Started> theirs = other.first().startMigration();
        fleet.pass(60_000);

        assertThat(mine).isCompletedExceptionally();
        assertThat(theirs).isCompletedExceptionally();
        otherIsGone();
        migrating();
    }

    @Test
    void killedWhileItClaims_theClaimIsGoneWithTheNextStart() {
        CompletableFuture<Admin.Started> lost = fleet.first().startMigration();
        fleet.pass(1_000);
        fleet.first().kill();
        assertThat(lost).isNotDone();
        assertThat(fleet.primary.attributes()).containsKey(Claim.NAME);
        fleet.first().start();
        fleet.pass(1_000);

        assertThat(fleet.primary.attributes()).doesNotContainKey(Claim.NAME);
    }

    @Test
    void ownerIsGoneForGood_anOperatorTakesTheIndexOver() {
        otherIsGone();
        CompletableFuture<Admin.Started> lost = fleet.first().startMigration();
        fleet.pass(1_000);
        fleet.first().kill();
        assertThat(lost).isNotDone();
        other.first().start();
        other.pass(1_000);
        assertThat(other.first().isServing()).isFalse();
        other.first().kill();
        other.setting.voidClaims(owner(fleet));
        other.start();

        assertThat(write(other, "theirs")).isEqualTo(WriteReply.Leader.APPLIED);
    }

    @Test
    void sidecarsOfOneStore_doNotObjectToEachOther() {
        otherIsGone();
        Fleet many = new Fleet(directory.resolve("many"), 3);
        many.setting.claim(LOOK);
        many.start();
        many.pass(15_000);
        many.await(many.first().startMigration());

        assertThat(many.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(write(many, "mine")).isEqualTo(WriteReply.Leader.APPLIED);
    }

    /** Which an index bears that the fleet claims. */
    private static String owner(Fleet of) {
        return Claim.of(of.primary.attributes()).orElseThrow().owner().id();
    }

    /** {@code control.bootstrap} is in many a configuration, and never about somebody else's migration. */
    @Test
    void restartedWithBootstrapDuringTheMigration_theClaimStands() {
        otherIsGone();
        migrating();
        other.setting.bootstrap(true);
        other.first().start();
        fleet.pass(1_000);

        assertThat(other.first().isServing()).isFalse();
        assertThat(fleet.primary.attributes()).containsKey(Claim.NAME);
    }

    @Test
    void directoryIsLostInAMigration_theClaimsOfBeforeAreVoid_andItMigratesAgain() {
        otherIsGone();
        migrating();
        fleet.pass(1_000);
        fleet.first().kill();
        other.setting.bootstrap(true);
        other.setting.voidClaims(owner(fleet));
        other.start();
        other.pass(20_000);

        assertThat(write(other, "theirs")).isEqualTo(WriteReply.Leader.APPLIED);
        other.await(other.first().startMigration());
        assertThat(other.phase()).isEqualTo(Phase.MIRRORING);
    }

    @Test
    void migrationBackIsGivenUp_theIndexThatWasLeftIsWrittenToNoMore() {
        other.first().life().pause();
        fleet.migrated();
        fleet.await(fleet.first().flip());
        fleet.await(fleet.first().complete());
        other.first().life().resume();
        fleet.pass(30_000);
        fleet.await(fleet.first().admin().start(new Admin.StartRequest("old", Map.of(), false, Optional.empty())));
        fleet.await(fleet.first().abort());
        assertThat(fleet.state().primary()).isEqualTo("new");
        fleet.pass(30_000);

        assertThat(isTaken(other)).isFalse();
    }

    @Test
    void startedTwiceAtOnce_theSecondIsRefused_andTheClaimStands() {
        otherIsGone();
        CompletableFuture<Admin.Started> first = fleet.first().startMigration();
        fleet.pass(10_000);
        CompletableFuture<Admin.Started> second = fleet.first().startMigration();
        fleet.await(first);

        assertThat(second)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("a migration is being started already");
        fleet.pass(30_000);
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(fleet.primary.attributes()).containsKey(Claim.NAME);
    }

    /** Its claim lands on that of a migration that has begun meanwhile. */
    @Test
    void stoppedBetweenItsReadAndItsClaim_itNeitherWritesNorMigrates() {
        fleet.pass(1_000);
        FaultPlan late = FaultPlan.on(FaultPlan.Operation.READ, new Fault.LateAnswer(Duration.ofMillis(50)));
        other.first().toPrimary().faults().plan(late);
        other.first().toMigration().faults().plan(late);
        CompletableFuture<Admin.Started> theirs = other.first().startMigration();
        fleet.pass(170);
        assertThat(fleet.primary.attributes()).doesNotContainKey(Claim.NAME);
        other.first().life().pause();
        migrating();
        other.first().life().resume();
        fleet.pass(3_000);

        assertThat(isTaken(other)).isFalse();
        fleet.pass(40_000);
        assertThat(theirs).isCompletedExceptionally();
        assertThat(other.phase()).isEqualTo(Phase.SINGLE);
        assertThat(owner(fleet)).doesNotStartWith("other");
    }

    @Test
    void lookIsAnsweredBeforeAStop_noWriteGoesAfterIt() {
        fleet.pass(1_000);
        other.first().life().pause();
        fleet.pass(30_000);
        other.first().life().resume();
        other.first()
                .toPrimary()
                .faults()
                .plan(FaultPlan.on(FaultPlan.Operation.READ, new Fault.LateAnswer(Duration.ofMillis(500))));
        CompletableFuture<WriteReply> write =
                other.first().write(Duration.ofSeconds(120), Docs.put(KEY, "a", "theirs"));
        fleet.pass(100);
        other.first().life().pause();
        migrating();
        other.first().life().resume();
        fleet.pass(3_000);

        assertThat(write).isCompletedExceptionally();
        assertThat(stands()).isNotEqualTo("theirs");
    }
}
