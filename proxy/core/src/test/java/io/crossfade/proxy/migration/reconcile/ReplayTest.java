package io.crossfade.proxy.migration.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.write.mirror.Mirror;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What replay sends to a follower that is down for long, and when it is back. */
final class ReplayTest {
    private static final int KEYS = 40;

    @TempDir
    private Path directory;

    private Pair pair;

    @BeforeEach
    void begin() {
        pair = new Pair(directory);
        pair.setting.minCalls(4);
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        for (int i = 0; i < KEYS; i++) {
            pair.write(Docs.put(Key.of("k" + i), "a", "x"));
            pair.settle();
        }
        pair.pass(100);
    }

    @Test
    void followerThatStaysDown_isTriedWithOneDocumentAtATime() {
        Mirror mirror = pair.migration().mirror();
        assertThat(mirror.isTrusted()).isFalse();
        long sent = mirror.sent();
        Duration openWait = mirror.settings().breaker().openWait();
        int rounds = 10;
        pair.pass(openWait.toMillis() * rounds);
        assertThat(mirror.sent() - sent)
                .isBetween(
                        (long) rounds / 2,
                        (long) rounds * mirror.settings().breaker().halfOpenCalls());
        assertThat(pair.migration().marks().pendingKeys()).isEqualTo(KEYS);
    }

    @Test
    void followerThatIsBack_getsAllThatIsPending_inBatches() {
        pair.toMigration().faults().heal();
        long sent = pair.migration().mirror().sent();
        int calls = pair.toMigration().gate().seen().size();
        pair.pass(2_000);
        assertThat(pair.migration().marks().pendingKeys()).isZero();
        assertThat(pair.migrationEngine.contents()).isEqualTo(pair.primaryEngine.contents());
        assertThat(pair.migration().mirror().sent() - sent).as("documents").isEqualTo(KEYS);
        assertThat(pair.toMigration().gate().seen().size() - calls).as("calls").isLessThan(KEYS / 2);
    }
}
