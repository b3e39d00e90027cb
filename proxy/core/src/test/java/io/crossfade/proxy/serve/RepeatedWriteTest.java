package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repeated writes as an application sees them, without a migration. */
final class RepeatedWriteTest {
    private static final Key KEY = Key.of("1");
    private static final Key OTHER = Key.of("2");
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private Fleet fleet;
    private Sidecar sidecar;

    @BeforeEach
    void begin() {
        fleet = new Fleet(directory, 1).start();
        sidecar = fleet.first();
    }

    private CompletableFuture<WriteReply> write(String writeId, WriteOp... ops) {
        var reply = sidecar.write(List.of(ops), writeId, TIMEOUT);
        fleet.settle();
        return reply;
    }

    private static Matching where(String value) {
        return new Matching(
                "", new Filter.Comparison("value", Filter.Operator.EQ, List.of(Value.of(value))), Optional.empty());
    }

    private String value(Key key) {
        return String.valueOf(Docs.value(fleet.primary.document(key)));
    }

    private void meets(Fault fault) {
        sidecar.toPrimary().faults().plan(FaultPlan.onWrite(0, fault));
    }

    @Test
    void repeatedWrite_isOneWrite_thoughTensOfThousandsCameAfterIt() {
        var first = write("w1", Docs.put(KEY, "a", "x"));
        for (int i = 0; i < 15_000; i++) {
            write("other " + i, Docs.put(OTHER, "a", "y" + i));
        }
        write("w2", Docs.delete(KEY));
        assertThat(write("w1", Docs.put(KEY, "a", "x")).join()).isEqualTo(first.join());
        assertThat(fleet.primary.document(KEY)).isNull();
    }

    @Test
    void anotherWriteUnderAUsedId_isRefused_andNotDone() {
        write("w1", Docs.put(KEY, "a", "x"));
        assertThat(Replies.failure(write("w1", Docs.put(KEY, "a", "y"))).kind()).isEqualTo(CallException.Kind.INVALID);
        assertThat(value(KEY)).isEqualTo("x");
    }

    @Test
    void unknownWrite_isNotAppliedAgain() {
        meets(new Fault.AppliedButError());
        assertThat(Replies.failure(write("w1", Docs.put(KEY, "a", "x"))).kind()).isEqualTo(CallException.Kind.UNKNOWN);
        write("w2", Docs.put(KEY, "a", "y"));
        assertThat(Replies.failure(write("w1", Docs.put(KEY, "a", "x"))).kind()).isEqualTo(CallException.Kind.UNKNOWN);
        assertThat(value(KEY)).isEqualTo("y");
    }

    @Test
    void refusedAsAWhole_isDoneByTheRepeat() {
        meets(new Fault.Refuse(new Outcome.Failed("busy")));
        assertThat(Replies.failure(write("w1", Docs.put(KEY, "a", "x"))).kind())
                .isEqualTo(CallException.Kind.UNAVAILABLE);
        assertThat(write("w1", Docs.put(KEY, "a", "x")).join().results().get(0).leader())
                .isEqualTo(Leader.APPLIED);
        assertThat(value(KEY)).isEqualTo("x");
    }

    @Test
    void partOfABatchFailed_thatAloneIsDoneByTheRepeat() {
        meets(new Fault.Refuse(new Outcome.Failed("busy"), write -> write.key().equals(KEY)));
        WriteOp[] batch = {Docs.put(KEY, "a", "x"), Docs.put(OTHER, "a", "x")};
        assertThat(leaders(write("w1", batch))).containsExactly(Leader.FAILED, Leader.APPLIED);
        write("w2", Docs.put(OTHER, "a", "newer"));
        assertThat(leaders(write("w1", batch))).containsExactly(Leader.APPLIED, Leader.APPLIED);
        assertThat(value(KEY)).isEqualTo("x");
        assertThat(value(OTHER)).isEqualTo("newer");
    }

    @Test
    void goingOnFails_isSaidOfThatPartAlone() {
        sidecar.toPrimary()
                .faults()
                .plan(FaultPlan.on(
                        FaultPlan.Operation.WRITE,
                        new Fault.Refuse(
                                new Outcome.Failed("busy"), write -> write.key().equals(KEY))));
        WriteOp[] batch = {Docs.put(KEY, "a", "x"), Docs.put(OTHER, "a", "x")};
        write("w1", batch);
        assertThat(leaders(write("w1", batch))).containsExactly(Leader.FAILED, Leader.APPLIED);
    }

    private static List<Leader> leaders(CompletableFuture<WriteReply> reply) {
        return reply.join().results().stream().map(WriteReply.Result::leader).toList();
    }

    @Test
    void filteredDelete_repeated_leavesWhatWasWrittenSince() {
        write("", Docs.put(KEY, "a", "x"), Docs.put(OTHER, "a", "y"));
        var first = sidecar.collection().deleteMatching(where("x"), "d1", TIMEOUT);
        fleet.settle();
        write("", Docs.put(KEY, "a", "x"));
        var again = sidecar.collection().deleteMatching(where("x"), "d1", TIMEOUT);
        fleet.settle();
        assertThat(again.join()).isEqualTo(first.join());
        assertThat(again.join().results()).hasSize(1);
        assertThat(value(KEY)).isEqualTo("x");
    }

    @Test
    void filteredUpdate_repeated_isOneUpdate() {
        write("", Docs.put(KEY, "a", "x"), Docs.put(OTHER, "a", "y"));
        MetadataPatch patch = MetadataPatch.set(Map.of("note", Value.of("1")));
        var first = sidecar.collection().updateMatching(where("x"), patch, "u1", TIMEOUT);
        fleet.settle();
        write("", Docs.patch(KEY, "note", "2"));
        var again = sidecar.collection().updateMatching(where("x"), patch, "u1", TIMEOUT);
        fleet.settle();
        assertThat(again.join()).isEqualTo(first.join());
        assertThat(Objects.requireNonNull(fleet.primary.document(KEY)).metadata())
                .containsEntry("note", Value.of("2"));
    }

    @Test
    void filteredCallAndKeyedCall_underOneId_areNotTakenForEachOther() {
        write("", Docs.put(KEY, "a", "x"), Docs.put(OTHER, "a", "y"));
        write("w", Docs.delete(KEY));
        var filtered = sidecar.collection().deleteMatching(where("y"), "w", TIMEOUT);
        fleet.settle();
        assertThat(Replies.failure(filtered).kind()).isEqualTo(CallException.Kind.INVALID);
        assertThat(value(OTHER)).isEqualTo("y");
    }
}
