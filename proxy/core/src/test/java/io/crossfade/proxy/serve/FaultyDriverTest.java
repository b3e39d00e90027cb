package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.Slice;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.time.Cause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver that throws an Error, or never answers, once: the call ends, and nothing of it stays under way. */
final class FaultyDriverTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Key KEY = Key.of("1");
    private static final Matching WHERE = new Matching(
            "", new Filter.Comparison("value", Filter.Operator.EQ, List.of(Value.of("x"))), Optional.empty());

    @TempDir
    private Path directory;

    private Fleet fleet;
    private Sidecar sidecar;

    @BeforeEach
    void begin() {
        fleet = new Fleet(directory, 1).start();
        sidecar = fleet.first();
        write(Docs.put(KEY, "a", "x"), Docs.put(Key.of("2"), "a", "y"));
    }

    private void in(Phase phase) {
        if (phase == Phase.MIRRORING) {
            fleet.migrated();
        }
    }

    private CompletableFuture<WriteReply> write(WriteOp... ops) {
        var reply = sidecar.write(TIMEOUT, ops);
        fleet.settle();
        return reply;
    }

    private void leaderThrows() {
        sidecar.toPrimary().gate().throwOnce(new StackOverflowError("deep"));
    }

    private void nothingIsUnderWay() {
        assertThat(sidecar.route().writes().count()).isZero();
        assertThat(sidecar.route().reads().count()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void leaderThrowsInAWrite_itIsUnknown_andTheNextGoesOn(Phase phase) {
        in(phase);
        leaderThrows();
        assertThat(Replies.failure(write(Docs.put(KEY, "a", "1"))).kind()).isEqualTo(CallException.Kind.UNKNOWN);
        nothingIsUnderWay();
        assertThat(Replies.result(write(Docs.put(KEY, "a", "2"))).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        fleet.pass(Engine.SETTLE.multipliedBy(10).toMillis());
        nothingIsUnderWay();
        if (phase == Phase.MIRRORING) {
            assertThat(sidecar.migration().marks().pendingKeys()).isZero();
            assertThat(Docs.value(fleet.migration.document(KEY))).isEqualTo("2");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void leaderNeverAnswersAWrite_itIsUnknown_andTheNextGoesOn(Phase phase) {
        in(phase);
        sidecar.toPrimary().gate().holdWrites(true);
        CompletableFuture<WriteReply> lost = write(Docs.put(KEY, "a", "1"));
        sidecar.toPrimary().gate().holdWrites(false);
        fleet.pass(TIMEOUT.toMillis() + 3_000);
        assertThat(Replies.failure(lost).kind()).isEqualTo(CallException.Kind.UNKNOWN);
        nothingIsUnderWay();
        assertThat(Replies.result(write(Docs.put(KEY, "a", "2"))).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        fleet.pass(Engine.SETTLE.multipliedBy(10).toMillis());
        nothingIsUnderWay();
        if (phase == Phase.MIRRORING) {
            assertThat(sidecar.migration().marks().pendingKeys()).isZero();
            assertThat(Docs.value(fleet.migration.document(KEY))).isEqualTo("2");
        }
    }

    @Test
    void leaderNeverAnswersARead_itFails() {
        sidecar.toPrimary().gate().holdFetches(true);
        var read = sidecar.fetch(KEY, TIMEOUT);
        fleet.pass(TIMEOUT.toMillis() + 3_000);
        assertThat(Replies.failure(read).kind()).isEqualTo(CallException.Kind.DEADLINE);
        nothingIsUnderWay();
    }

    @Test
    void followerThrows_theWriteIsPending_andReachesIt() {
        in(Phase.MIRRORING);
        sidecar.toMigration().gate().throwOnce(new NoClassDefFoundError("gone"));
        assertThat(Replies.result(write(Docs.put(KEY, "a", "1"))).follower()).isEqualTo(WriteReply.Follower.PENDING);
        fleet.pass(Engine.SETTLE.multipliedBy(10).toMillis());
        assertThat(sidecar.migration().marks().pendingKeys()).isZero();
        assertThat(Docs.value(fleet.migration.document(KEY))).isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void leaderThrowsAsItIsReadForAWriteByFilter_nothingWasDone_andTheNextGoesOn(Phase phase) {
        in(phase);
        leaderThrows();
        var deleted = sidecar.collection().deleteMatching(WHERE, "", TIMEOUT);
        fleet.settle();
        assertThat(Replies.failure(deleted).kind()).isEqualTo(CallException.Kind.INTERNAL);
        nothingIsUnderWay();
        assertThat(Replies.result(write(Docs.put(KEY, "a", "1"))).leader()).isEqualTo(WriteReply.Leader.APPLIED);
    }

    @Test
    void leaderThrowsAsItIsReadInTheLane_theLaneIsFree() {
        sidecar.toPrimary().gate().holdWrites(true);
        var first = write(Docs.put(KEY, "a", "x"));
        var deleted = sidecar.collection().deleteMatching(WHERE, "", TIMEOUT);
        fleet.settle();
        leaderThrows();
        sidecar.toPrimary().gate().releaseWrites();
        fleet.settle();
        assertThat(first).isCompleted();
        assertThat(deleted).isCompletedExceptionally();
        nothingIsUnderWay();
        assertThat(Replies.result(write(Docs.put(KEY, "a", "1"))).leader()).isEqualTo(WriteReply.Leader.APPLIED);
    }

    @Test
    void leaderThrowsInARead_itFails_andIsNotCountedAnyMore() {
        List<Function<Collection, CompletableFuture<?>>> reads = List.of(
                collection -> collection.fetch(List.of(KEY), Projection.ALL, TIMEOUT),
                collection -> collection.count(null, TIMEOUT),
                collection ->
                        collection.scan(new Collection.ScanCall("", Slice.ALL, null, Projection.ALL, "", 10), TIMEOUT),
                collection -> collection.query(
                        new QueryCall(
                                "",
                                List.of(Docs.named("a", "x")),
                                "",
                                "",
                                "",
                                3,
                                0,
                                null,
                                Map.of(),
                                Projection.ALL,
                                Map.of(),
                                ""),
                        TIMEOUT),
                collection -> collection.attributes(TIMEOUT));
        for (Function<Collection, CompletableFuture<?>> read : reads) {
            leaderThrows();
            CompletableFuture<?> answer = read.apply(sidecar.collection());
            fleet.settle();
            assertThat(answer.handle((done, failed) -> Cause.of(failed)))
                    .isCompletedWithValueMatching(failed ->
                            failed instanceof CallException call && call.kind() == CallException.Kind.INTERNAL);
            nothingIsUnderWay();
        }
        assertThat(fleet.await(sidecar.fetch(KEY)).documents()).hasSize(1);
    }
}
