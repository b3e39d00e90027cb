package io.crossfade.proxy.migration.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A waiver means that a document is missing on the new index in exactly one version (R29): never that an older one is
 * served, and never that the old index, which has the last copy, loses it.
 */
final class WaiverTest {
    private static final Key KEY = Key.of("k7");

    @TempDir
    Path directory;

    private Fleet fleet;

    /** A document that the new index cannot have is waived; the reads are on the new index. */
    @BeforeEach
    void waivedAndFlipped() {
        fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.first()
                .toMigration()
                .faults()
                .plan(FaultPlan.on(
                        FaultPlan.Operation.WRITE,
                        new Fault.Refuse(
                                new Outcome.Rejected("too large"),
                                write -> !write.isRemoval() && write.key().equals(KEY))));
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "large")));
        fleet.until(() -> fleet.isParked(KEY));
        long version = Objects.requireNonNull(fleet.onPrimary().get(KEY)).version();
        assertThat(fleet.await(fleet.first().admin().waiveParked(Map.of(KEY, version))))
                .isEqualTo(1);
        assertThat(fleet.await(fleet.first().verify(false)).wasClean()).isTrue();
        fleet.await(fleet.first().flip());
    }

    private void assertOldIndexHas(String value) {
        fleet.pass(10_000);
        assertThat(Docs.value(fleet.onPrimary().get(KEY))).isEqualTo(value);
    }

    @Test
    void nothingOlderIsServed() {
        assertThat(fleet.await(fleet.first().fetch(KEY)).documents()).isEmpty();
        assertOldIndexHas("large");
    }

    @Test
    void partOfItIsWritten_theOldIndexKeepsTheLastCopy() {
        fleet.first().toMigration().faults().heal();
        assertThat(Replies.result(done(fleet.first().write(Docs.patch(KEY, "colour", "red"))))
                        .leader())
                .isEqualTo(WriteReply.Leader.NOT_FOUND);
        assertOldIndexHas("large");
        assertThat(fleet.first().migration().marks().pendingKeys()).isZero();
    }

    @Test
    void bothAreComparedAndRepaired_theOldIndexKeepsTheLastCopy() {
        assertThat(fleet.await(fleet.first().verify(true)).wasClean()).isTrue();
        assertOldIndexHas("large");
    }

    @Test
    void restartedAndCompared_theOldIndexKeepsTheLastCopy() {
        fleet.first().kill();
        fleet.first().start();
        fleet.until(fleet.first()::isServing);
        fleet.pass(10_000);
        assertThat(fleet.await(fleet.first().verify(true)).wasClean()).isTrue();
        assertOldIndexHas("large");
    }

    @Test
    void rolledBack_itIsServedAgain() {
        fleet.await(fleet.first().rollback());
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(Docs.value(fleet.await(fleet.first().fetch(KEY)).documents().get(0)))
                .isEqualTo("large");
    }

    @Test
    void writtenWhole_theOldIndexGetsIt() {
        fleet.first().toMigration().faults().heal();
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "small")));
        assertOldIndexHas("small");
        assertThat(fleet.first().migration().parked().count()).isZero();
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void deleted_theOldIndexLosesItToo() {
        fleet.await(fleet.first().write(Docs.delete(KEY)));
        fleet.pass(10_000);
        assertThat(fleet.onPrimary()).doesNotContainKey(KEY);
        assertThat(fleet.first().migration().parked().count()).isZero();
    }

    private <T> CompletableFuture<T> done(CompletableFuture<T> call) {
        fleet.until(call::isDone);
        return call;
    }
}
