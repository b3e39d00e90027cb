package io.crossfade.proxy.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In SEALED and SWITCHED a write is acked when it is on both indexes. */
final class BothNeededTest {
    private static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    private Pair pair;

    @BeforeEach
    void begin() {
        pair = new Pair(directory);
    }

    @ParameterizedTest
    @EnumSource(names = {"SEALED", "SWITCHED"})
    void followerFails_waitsForReconcile(Phase phase) {
        pair.begin(phase);
        follower(phase).faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(15);
        assertThat(reply).isNotDone();
        pair.pass(10);
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.APPLIED);
        assertThat(pair.onPrimary(KEY)).isEqualTo(pair.onMigration(KEY));
    }

    @ParameterizedTest
    @EnumSource(names = {"SEALED", "SWITCHED"})
    void followerFailsAfterTheLeaderHasAnswered_isNotAckedAsPending(Phase phase) {
        pair.begin(phase);
        follower(phase).gate().holdWrites(true);
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        follower(phase).gate().write(0).answer(List.of(new Outcome.Failed("busy")));
        pair.pass(15);
        assertThat(reply).isNotDone();
        follower(phase).gate().holdWrites(false);
        pair.pass(10);
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.APPLIED);
    }

    @ParameterizedTest
    @EnumSource(names = {"SEALED", "SWITCHED"})
    void followerHung_isUnknownAtTheDeadline(Phase phase) {
        pair.begin(phase);
        follower(phase).faults().plan(FaultPlan.always(new Fault.Hang()));
        var reply = pair.write(Duration.ofSeconds(1), Docs.put(KEY, "a", "x"));
        pair.pass(999);
        assertThat(reply).isNotDone();
        pair.pass(1);
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.UNKNOWN);
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"SEALED", "SWITCHED"})
    void stepsOut_beingPendingIsEnough(Phase phase) {
        pair.begin(phase);
        follower(phase).faults().plan(FaultPlan.always(new Fault.Hang()));
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(100);
        assertThat(reply).isNotDone();
        pair.phase(phase == Phase.SEALED ? Phase.MIRRORING : Phase.REVERSED);
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        assertThat(pair.disk.marks()).hasSize(1);
    }

    /** In SEALED a forward overtakes an older one that is still on its way. */
    @Test
    void olderForwardLandsLast_theKeyStaysPending() {
        pair.begin(Phase.MIRRORING);
        pair.toMigration().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "old"));
        pair.pass(5);
        pair.phase(Phase.SEALED);
        var second = pair.write(Docs.put(KEY, "a", "new"));
        pair.settle();
        pair.toMigration().gate().write(1).answer();
        pair.settle();
        assertThat(Replies.result(second).follower()).isEqualTo(WriteReply.Follower.APPLIED);
        pair.toMigration().gate().write(0).answer();
        pair.settle();
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("old");
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        pair.toMigration().gate().holdWrites(false);
        pair.pass(100);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("new");
    }

    private io.crossfade.proxy.harness.Engine.Connection follower(Phase phase) {
        return phase.servesMigration() ? pair.toPrimary() : pair.toMigration();
    }
}
