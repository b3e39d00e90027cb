package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.harness.Setting;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes and removals by filter, while others write the same documents. */
final class MatchingWriteTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Key KEY = Key.of("1");
    private static final Key OTHER = Key.of("2");
    private static final Key STAYS = Key.of("stays");
    private static final Filter IS_X = new Filter.Comparison("value", Filter.Operator.EQ, List.of(Value.of("x")));
    private static final Filter ALL = new Filter.Not(new Filter.Comparison("never", Filter.Operator.EXISTS, List.of()));

    @TempDir
    private Path directory;

    private Fleet fleet;
    private Sidecar sidecar;

    @BeforeEach
    void begin() {
        fleet = new Fleet(directory, 1).start();
        sidecar = fleet.first();
        write(Docs.put(KEY, "a", "x"), Docs.put(OTHER, "a", "x"), Docs.put(STAYS, "a", "y"));
    }

    private void in(Phase phase) {
        if (phase == Phase.MIRRORING) {
            fleet.await(sidecar.startMigration());
        }
    }

    private CompletableFuture<WriteReply> write(WriteOp... ops) {
        var reply = sidecar.write(TIMEOUT, ops);
        fleet.settle();
        return reply;
    }

    private static Matching where(Filter filter) {
        return new Matching("", filter, Optional.empty());
    }

    private CompletableFuture<WriteReply> delete(Matching matching, Duration timeout) {
        var reply = sidecar.collection().deleteMatching(matching, "", timeout);
        fleet.settle();
        return reply;
    }

    private CompletableFuture<WriteReply> delete(Filter filter) {
        return delete(where(filter), TIMEOUT);
    }

    private GatedIndex leader() {
        return sidecar.toPrimary().gate();
    }

    private void meet(FaultPlan plan) {
        sidecar.toPrimary().faults().plan(plan);
    }

    private static List<Leader> leaders(CompletableFuture<WriteReply> reply) {
        assertThat(reply).isCompleted();
        return reply.join().results().stream().map(WriteReply.Result::leader).toList();
    }

    private boolean isThere(Key key) {
        return fleet.primary.document(key) != null;
    }

    /** Its change was under way when the document was found, and acked before the removal came to it. */
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void matchesNoMoreWhereItIsWritten_isLeftAsItIs(Phase phase) {
        in(phase);
        leader().holdWrites(true);
        var patched = write(Docs.patch(KEY, "value", "kept"));
        var deleted = delete(IS_X);
        assertThat(deleted).isNotDone();
        leader().releaseWrites();
        fleet.pass(100);
        assertThat(Replies.result(patched).leader()).isEqualTo(Leader.APPLIED);
        assertThat(leaders(deleted)).containsExactly(Leader.NOT_MATCHED, Leader.APPLIED);
        assertThat(isThere(KEY)).isTrue();
        assertThat(isThere(OTHER)).isFalse();
    }

    /** Between reading a document and removing it nobody else writes it, though writes of SINGLE need no lanes otherwise. */
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void writeThatComesBetweenReadingAndWriting_waits(Phase phase) {
        in(phase);
        leader().holdFetches(true);
        var deleted = delete(IS_X);
        int before = leader().seen().size();
        var put = write(Docs.put(KEY, "a", "new"));
        assertThat(leader().seen()).hasSize(before);
        leader().holdFetches(false);
        leader().fetch(leader().heldFetches() - 1).answer();
        fleet.pass(100);
        assertThat(leaders(deleted)).containsExactly(Leader.APPLIED, Leader.APPLIED);
        assertThat(Replies.result(put).leader()).isEqualTo(Leader.APPLIED);
        assertThat(Docs.value(fleet.primary.document(KEY))).isEqualTo("new");
    }

    @Test
    void oneWriteByFilterIsOver_writesNeedNoLanesAgain() {
        delete(IS_X);
        leader().holdWrites(true);
        write(Docs.put(KEY, "a", "1"));
        write(Docs.put(KEY, "a", "2"));
        assertThat(leader().heldWrites()).isEqualTo(2);
    }

    @Test
    void goneWhereItIsWritten_isNotMatched() {
        leader().holdWrites(true);
        write(Docs.delete(KEY));
        var patched = sidecar.collection()
                .updateMatching(where(IS_X), MetadataPatch.set(Map.of("note", Value.of("1"))), "", TIMEOUT);
        fleet.settle();
        leader().releaseWrites();
        fleet.pass(100);
        assertThat(leaders(patched)).containsExactly(Leader.NOT_MATCHED, Leader.APPLIED);
    }

    @Test
    void oneDeadlineForAllPages_nothingIsWrittenAfterIt_andTheReplySaysWhatWasNot() {
        fill(220);
        meet(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.Slow(Duration.ofMillis(400))));
        var deleted = delete(where(IS_X), Duration.ofSeconds(1));
        fleet.pass(1_000);
        assertThat(deleted).isCompleted();
        int sent = leader().seen().size();
        meet(FaultPlan.HEALTHY);
        fleet.pass(60_000);
        assertThat(leader().seen()).hasSize(sent);
        assertThat(leaders(deleted)).hasSize(222).contains(Leader.APPLIED, Leader.UNKNOWN, Leader.FAILED);
        assertThat(deleted.join().results().get(221).error())
                .startsWith("not written, because one before it was not: ");
        assertThat(isThere(deleted.join().results().get(221).key())).isTrue();
    }

    @Test
    void timeIsOverBetweenTwoPages_theSecondIsNotWritten() {
        fill(98);
        meet((operation, number) -> operation == FaultPlan.Operation.WRITE && number == 0
                ? new Fault.Slow(Duration.ofMillis(999))
                : new Fault.Slow(Duration.ofMillis(1)));
        var deleted = delete(where(IS_X), Duration.ofMillis(1_003));
        fleet.pass(2_000);
        assertThat(leaders(deleted).subList(0, Setting.BATCH)).containsOnly(Leader.APPLIED);
        assertThat(leaders(deleted).subList(Setting.BATCH, 100)).containsOnly(Leader.FAILED);
    }

    @Test
    void timeIsOverBeforeTheFirstPage_failsAsAWhole() {
        meet(FaultPlan.on(FaultPlan.Operation.READ, new Fault.Slow(Duration.ofMillis(900))));
        var deleted = delete(where(IS_X), Duration.ofSeconds(1));
        fleet.pass(2_000);
        assertThat(Replies.failure(deleted).kind()).isEqualTo(CallException.Kind.DEADLINE);
        assertThat(isThere(KEY)).isTrue();
    }

    @Test
    void onePageFails_theRepeatGoesOnWithWhatIsLeft_andDoesNotTouchWhatBeganToMatch() {
        fill(98);
        meet(FaultPlan.onWrite(1, new Fault.Refuse(new Outcome.Failed("busy"))));
        var first = sidecar.collection().deleteMatching(where(IS_X), "d", TIMEOUT);
        fleet.settle();
        assertThat(leaders(first)).hasSize(100);
        assertThat(leaders(first).subList(0, Setting.BATCH)).containsOnly(Leader.APPLIED);
        assertThat(leaders(first).subList(Setting.BATCH, 100)).containsOnly(Leader.FAILED);
        write(Docs.put(Key.of("began later"), "a", "x"));
        var again = sidecar.collection().deleteMatching(where(IS_X), "d", TIMEOUT);
        fleet.settle();
        assertThat(leaders(again)).hasSize(100).containsOnly(Leader.APPLIED);
        assertThat(fleet.onPrimary()).containsOnlyKeys(STAYS, Key.of("began later"));
    }

    @Test
    void onePageIsUnknown_isSaidOfItsDocuments() {
        fill(98);
        meet(FaultPlan.onWrite(1, new Fault.AppliedButError()));
        assertThat(leaders(delete(IS_X)).subList(Setting.BATCH, 100)).containsOnly(Leader.UNKNOWN);
    }

    private void fill(int documents) {
        for (int from = 0; from < documents; from += Setting.BATCH) {
            write(IntStream.range(from, Math.min(documents, from + Setting.BATCH))
                    .mapToObj(i -> Docs.put(Key.of("many" + i), "a", "x"))
                    .toArray(WriteOp[]::new));
        }
    }

    @Test
    void filterThatMatchesAllThereAre_needsTheirNumber() {
        CallException refused = Replies.failure(delete(ALL));
        assertThat(refused.kind()).isEqualTo(CallException.Kind.PRECONDITION);
        assertThat(refused)
                .hasMessage("filter: matches all documents (expected: one that leaves some out, or expected_count: 3)");
        var patched = sidecar.collection()
                .updateMatching(where(ALL), MetadataPatch.set(Map.of("note", Value.of("1"))), "", TIMEOUT);
        fleet.settle();
        assertThat(Replies.failure(patched).kind()).isEqualTo(CallException.Kind.PRECONDITION);
        assertThat(leader().seen()).hasSize(1);
        assertThat(Replies.failure(delete(new Matching("", ALL, Optional.of(2L)), TIMEOUT))
                        .kind())
                .isEqualTo(CallException.Kind.PRECONDITION);
        assertThat(leaders(delete(new Matching("", ALL, Optional.of(3L)), TIMEOUT)))
                .containsOnly(Leader.APPLIED);
        assertThat(fleet.onPrimary()).isEmpty();
        assertThat(leaders(delete(ALL))).isEmpty();
    }

    @Test
    void filterThatMatchesAllOfItsNamespace_needsTheirNumber() {
        write(Docs.put(new Key("tenant", "1"), "a", "x"));
        CallException refused = Replies.failure(delete(new Matching("tenant", IS_X, Optional.empty()), TIMEOUT));
        assertThat(refused)
                .hasMessage("filter: matches all documents of namespace tenant (expected: one that leaves some out, or"
                        + " expected_count: 1)");
        assertThat(leaders(delete(new Matching("tenant", IS_X, Optional.of(1L)), TIMEOUT)))
                .containsExactly(Leader.APPLIED);
        assertThat(isThere(KEY)).isTrue();
    }

    /** The document that did not match goes away while the call looks: it is not taken for one that is left. */
    @Test
    void matchesAllByTheTimeItLooks_isRefusedBeforeTheFirstWrite() {
        meet(FaultPlan.on(FaultPlan.Operation.READ, new Fault.Slow(Duration.ofMillis(50))));
        var deleted = delete(IS_X);
        fleet.pass(60);
        write(Docs.delete(STAYS));
        fleet.pass(60);
        assertThat(Replies.failure(deleted).kind()).isEqualTo(CallException.Kind.PRECONDITION);
        assertThat(isThere(KEY)).isTrue();
    }

    @Test
    void inAMigration_theFollowerHearsOfWhatWasRemovedAlone() {
        fleet.setting.batch(10);
        in(Phase.MIRRORING);
        fleet.pass(Engine.SETTLE.multipliedBy(40).toMillis());
        assertThat(fleet.onMigration()).containsOnlyKeys(KEY, OTHER, STAYS);
        var deleted = delete(IS_X);
        fleet.pass(100);
        assertThat(leaders(deleted)).containsOnly(Leader.APPLIED);
        assertThat(fleet.onMigration()).containsOnlyKeys(STAYS);
        assertThat(sidecar.toMigration().gate().seen().stream().flatMap(List::stream))
                .filteredOn(IndexWrite::isRemoval)
                .extracting(IndexWrite::key)
                .doesNotContain(STAYS);
    }
}
