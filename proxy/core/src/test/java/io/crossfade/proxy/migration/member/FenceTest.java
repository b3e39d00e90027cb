package io.crossfade.proxy.migration.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar is lost for good, and with its disk what it knew to be pending (R20). */
final class FenceTest {
    private static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    /** Two sidecars, the second of which has acked a write that only its lost disk knew to be pending. */
    private Fleet withALostMember() {
        Fleet fleet = StepsFixture.fleet(directory, 2).migrated();
        Sidecar lost = fleet.get(1);
        lost.toMigration()
                .faults()
                .plan(FaultPlan.always(new Fault.Throw(io.crossfade.proxy.index.IndexException.Kind.UNAVAILABLE)));
        fleet.await(lost.write(Docs.put(KEY, "a", "on the old index only")));
        lost.kill();
        lost.loseDisk();
        fleet.pass(Engine.SETTLE.toMillis());
        assertThat(fleet.onMigration()).doesNotContainKey(KEY);
        return fleet;
    }

    @Test
    void memberIsLost_theFlipWaitsForAFenceAndAComparisonSince() {
        Fleet fleet = withALostMember();
        assertThat(StepsFixture.blockers(fleet)).containsExactly(Blocker.Code.MEMBER_SILENT);
        fleet.await(fleet.first().fence(fleet.get(1)));
        assertThat(StepsFixture.refusal(fleet).blockers())
                .extracting(Blocker::code)
                .containsExactly(Blocker.Code.NOT_VERIFIED, Blocker.Code.FENCED);
        assertThat(StepsFixture.refusal(fleet).blockers())
                .extracting(Blocker::member)
                .contains("sidecar-1");
        fleet.await(fleet.first().verify(true));
        assertThat(fleet.onMigration()).containsKey(KEY);
        fleet.await(fleet.first().verify(false));
        assertThat(fleet.state().doubts()).isEmpty();
        assertThat(fleet.await(fleet.first().flip()).phase()).isEqualTo(Phase.REVERSED);
    }

    @Test
    void comparisonThatBeganBeforeTheFence_doesNotCount() {
        Fleet fleet = StepsFixture.fleet(directory, 2).migrated();
        fleet.slowReads();
        var verified = fleet.first().verify(false);
        fleet.pass(1);
        fleet.get(1).kill();
        fleet.await(fleet.first().fence(fleet.get(1)));
        fleet.until(verified::isDone);
        assertThat(verified).isCompletedExceptionally();
        assertThat(fleet.state().doubts()).hasSize(1);
    }

    @Test
    void stepUnderWay_isGivenUp() {
        Fleet fleet = withALostMember();
        var flipped = fleet.first().flip();
        fleet.pass(100);
        assertThat(fleet.state().step()).isNotNull();
        long epoch = fleet.state().epoch();
        fleet.await(fleet.first().fence(fleet.get(1)));
        assertThat(fleet.state().step()).isNull();
        fleet.pass(1_000);
        assertThat(fleet.state().epoch()).isEqualTo(epoch);
        fleet.until(flipped::isDone);
        assertThat(flipped).isCompletedExceptionally();
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
    }

    @Test
    void fencedMemberThatStillRuns_refusesAllCalls() {
        Fleet fleet = StepsFixture.fleet(directory, 2).migrated();
        fleet.await(fleet.first().fence(fleet.get(1)));
        fleet.settle();
        assertRefused(fleet.get(1).write(Docs.put(KEY, "a", "x")));
        assertRefused(fleet.get(1).fetch(KEY));
        assertThat(fleet.state().members()).containsOnlyKeys("sidecar-0");
    }

    private static void assertRefused(CompletableFuture<?> call) {
        Throwable failed = call.handle((done, thrown) -> thrown).join();
        assertThat(failed instanceof CompletionException ? failed.getCause() : failed)
                .isInstanceOfSatisfying(CallException.class, refused -> {
                    assertThat(refused.kind()).isEqualTo(CallException.Kind.UNAVAILABLE);
                    assertThat(refused).hasMessage("sidecar-1 has been fenced (expected: start it again)");
                });
    }

    @Test
    void memberInChargeOfTheBackfillIsLost_anotherGoesOn() {
        Fleet fleet = StepsFixture.fleet(directory, 2);
        fleet.get(0).toMigration().faults().plan(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.Hang()));
        fleet.await(fleet.get(1).startMigration());
        fleet.pass(1_000);
        fleet.get(0).kill();
        fleet.await(fleet.get(1).fence(fleet.get(0)));
        assertThat(fleet.until(() -> fleet.onMigration().size() == 25)).isTrue();
    }

    @Test
    void onlyMember_cannotBeFenced() {
        Fleet fleet = StepsFixture.fleet(directory, 1);
        var fenced = fleet.first().fence(fleet.first());
        fleet.settle();
        assertThat(fenced)
                .isCompletedExceptionally()
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("member: sidecar-0 (expected: one of several of [sidecar-0])");
    }
}
