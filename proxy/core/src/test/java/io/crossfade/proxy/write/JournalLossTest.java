package io.crossfade.proxy.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.sim.Docs;
import io.crossfade.proxy.sim.Pair;
import io.crossfade.proxy.sim.Replies;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal cannot take a record: what {@code on_journal_loss} says is done. */
final class JournalLossTest {
    private static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    private Pair pair;

    @BeforeEach
    void begin() {
        pair = new Pair(directory);
    }

    @Test
    void journalLost_dirtyPolicy_writesGoOnAndTheRangeIsDirty() {
        pair.begin(Phase.MIRRORING);
        pair.disk.failApply(1);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        pair.migration.faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        var reply = pair.write(Docs.put(KEY, "a", "y"));
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        assertThat(pair.works().journal().isLost()).isTrue();
        assertThat(pair.works().dirty().range()).isPresent();
        pair.migration.faults().heal();
        pair.pass(1_000);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("y");
        assertThat(pair.works().marks().pendingKeys()).isZero();
    }

    @Test
    void journalLost_failPolicy_writesAreRefusedAndNothingIsDone() {
        pair.setting.refuseOnLoss = true;
        pair.begin(Phase.MIRRORING);
        pair.disk.failApply(0);
        for (int i = 0; i < 3; i++) {
            var reply = pair.write(Docs.put(KEY, "a", "x"));
            pair.settle();
            assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.UNAVAILABLE);
        }
        assertThat(pair.primary.gate().seen()).isEmpty();
        assertThat(pair.works().marks().pendingKeys()).isZero();
        assertThat(pair.works().dirty().range()).isEmpty();
    }

    @Test
    void syncFails_failPolicy_theOutcomeIsUnknown() {
        pair.setting.refuseOnLoss = true;
        pair.begin(Phase.MIRRORING);
        pair.disk.failSync(0);
        pair.migration.faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.UNKNOWN);
    }

    @Test
    void journalFull_dirtyPolicy_isAckedWithoutAMark() {
        pair.setting.maxPending = 1;
        pair.begin(Phase.MIRRORING);
        pair.migration.faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        var reply = pair.write(Docs.put(Key.of("2"), "a", "x"));
        pair.settle();
        assertThat(Replies.result(reply).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        assertThat(pair.works().marks().pendingKeys()).isEqualTo(1);
        assertThat(pair.works().dirty().range()).isPresent();
    }

    @Test
    void journalFull_failPolicy_isRefused() {
        pair.setting.maxPending = 1;
        pair.setting.refuseOnLoss = true;
        pair.begin(Phase.MIRRORING);
        pair.migration.faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        int calls = pair.primary.gate().seen().size();
        var reply = pair.write(Docs.put(Key.of("2"), "a", "x"));
        pair.settle();
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.EXHAUSTED);
        assertThat(pair.primary.gate().seen()).hasSize(calls);
    }
}
