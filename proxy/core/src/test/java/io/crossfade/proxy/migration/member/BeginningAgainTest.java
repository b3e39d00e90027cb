package io.crossfade.proxy.migration.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A second migration to an index begins when nothing of the first can land there any more (R26). */
final class BeginningAgainTest {
    private static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    @Test
    void forwardOfAnAbortedMigrationIsOnItsWay_itLandsBeforeTheNextOneBegins() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        landLate(fleet);
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "older")));
        fleet.await(fleet.first().abort());
        fleet.first().toMigration().faults().heal();
        migrateAgain(fleet);
        assertThat(Docs.value(fleet.onMigration().get(KEY))).isEqualTo("newer");
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void forwardOfAnAbortedMigrationIsOnItsWay_itLandsBeforeTheNextProcessBeginsOne() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        landLate(fleet);
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "older")));
        fleet.await(fleet.first().abort());
        fleet.pass(2_050); // it is unknown by then
        fleet.first().kill();
        fleet.first().start();
        fleet.until(fleet.first()::isServing);
        var started = fleet.first().startMigration();
        fleet.pass(Engine.SETTLE.toMillis() - 100);
        assertThat(fleet.phase()).isEqualTo(Phase.SINGLE);
        fleet.await(started);
        fleet.await(fleet.first().abort());
        migrateAgain(fleet);
        assertThat(Docs.value(fleet.onMigration().get(KEY))).isEqualTo("newer");
        StepsFixture.assertEqual(fleet);
    }

    /** The next write to the new index is unknown after its limit, and lands as late as it may. */
    private static void landLate(Fleet fleet) {
        fleet.first().toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.LateApply(Engine.SETTLE)));
    }

    private static void migrateAgain(Fleet fleet) {
        fleet.migrated();
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "newer")));
        assertThat(fleet.await(fleet.first().verify(false)).wasClean()).isTrue();
        fleet.pass(10_000);
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
    }
}
