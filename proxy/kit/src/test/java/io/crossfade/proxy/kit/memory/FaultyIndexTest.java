package io.crossfade.proxy.kit.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class FaultyIndexTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeTime time = new FakeTime();
    private final MemoryIndex memory = new MemoryIndex(
            new IndexDefinition("faulty", "memory", Map.of(), TextSource.OWN, Map.of()),
            new MemoryStore(),
            Runnable::run,
            time);
    private final FaultyIndex index = new FaultyIndex(memory, time, SETTLE);

    @Test
    void healthy_passesEverythingThrough() {
        assertThat(put("a")).isCompletedWithValue(List.of(Outcome.APPLIED));
        assertThat(stands("a")).isTrue();
    }

    @Test
    void hang_writeIsUnknownAtTheTimeoutAndNeverApplied() {
        index.plan(FaultPlan.always(new Fault.Hang()));
        CompletableFuture<List<Outcome>> write = put("a");
        CompletableFuture<Long> read = index.count(null, TIMEOUT);

        time.advance(SECOND);
        assertThat(write).isNotDone();
        time.advance(TIMEOUT.plus(SETTLE));
        expectUnknown(write);
        assertThat(stands("a")).isFalse();
        assertThatThrownBy(read::join)
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.DEADLINE));
    }

    @Test
    void slow_answersAfterTheDelay() {
        index.plan(FaultPlan.always(new Fault.Slow(SECOND)));
        CompletableFuture<List<Outcome>> write = put("a");

        assertThat(stands("a")).isFalse();
        time.advance(SECOND);
        assertThat(write).isCompletedWithValue(List.of(Outcome.APPLIED));
        assertThat(stands("a")).isTrue();
    }

    @Test
    void slowBeyondTheTimeout_isUnknownAndAppliedLater() {
        index.plan(FaultPlan.always(new Fault.Slow(TIMEOUT.plus(SECOND))));
        CompletableFuture<List<Outcome>> write = put("a");

        time.advance(TIMEOUT);
        expectUnknown(write);
        assertThat(stands("a")).isFalse();
        time.advance(SECOND);
        assertThat(stands("a")).isTrue();
    }

    @Test
    void slowBeyondTheSettleTime_isLost() {
        index.plan(FaultPlan.always(new Fault.Slow(TIMEOUT.plus(SETTLE).plusMillis(1))));
        expectUnknownAfterTimeout(put("a"));

        time.advance(SETTLE.multipliedBy(2));
        assertThat(stands("a")).isFalse();
    }

    @Test
    void refuse_meetsOnlyTheWritesItNames() {
        Outcome rejected = new Outcome.Rejected("poison");
        index.plan(FaultPlan.always(
                new Fault.Refuse(rejected, write -> write.key().id().equals("b"))));

        assertThat(index.write(List.of(write("a"), write("b"), write("c")), TIMEOUT))
                .isCompletedWithValue(List.of(Outcome.APPLIED, rejected, Outcome.APPLIED));
        assertThat(stands("b")).isFalse();
        assertThat(stands("c")).isTrue();
    }

    @Test
    void failTheNthWrite_meetsThatOneOnly() {
        Outcome failed = new Outcome.Failed("third");
        index.plan(FaultPlan.onWrite(2, new Fault.Refuse(failed)));

        assertThat(put("a")).isCompletedWithValue(List.of(Outcome.APPLIED));
        assertThat(put("b")).isCompletedWithValue(List.of(Outcome.APPLIED));
        assertThat(put("c")).isCompletedWithValue(List.of(failed));
        assertThat(put("d")).isCompletedWithValue(List.of(Outcome.APPLIED));
    }

    @Test
    void throwing_failsTheFuture() {
        index.plan(FaultPlan.always(new Fault.Throw(IndexException.Kind.INTERNAL)));

        assertThat(put("a")).isCompletedExceptionally();
        assertThat(index.count(null, TIMEOUT)).isCompletedExceptionally();
        assertThat(stands("a")).isFalse();
    }

    @Test
    void appliedButError_isUnknownAtOnceThoughItStands() {
        index.plan(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.AppliedButError()));

        expectUnknown(put("a"));
        assertThat(stands("a")).isTrue();
    }

    @Test
    void lostReply_isUnknownAtTheTimeoutThoughItStandsAtOnce() {
        index.plan(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.LostReply()));
        CompletableFuture<List<Outcome>> write = put("a");

        assertThat(stands("a")).isTrue();
        expectUnknownAfterTimeout(write);
    }

    @Test
    void lateApply_takesEffectAfterTheAnswer() {
        index.plan(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.LateApply(SETTLE)));
        expectUnknownAfterTimeout(put("a"));

        assertThat(stands("a")).isFalse();
        time.advance(SETTLE);
        assertThat(stands("a")).isTrue();
        assertThat(index.capabilities().unknownSettle()).isGreaterThanOrEqualTo(SETTLE);
    }

    private void expectUnknownAfterTimeout(CompletableFuture<List<Outcome>> write) {
        assertThat(write).isNotDone();
        time.advance(TIMEOUT);
        expectUnknown(write);
    }

    private static void expectUnknown(CompletableFuture<List<Outcome>> write) {
        assertThat(write).isDone();
        assertThat(write.join()).singleElement().isInstanceOf(Outcome.Unknown.class);
    }

    private CompletableFuture<List<Outcome>> put(String id) {
        return index.write(List.of(write(id)), TIMEOUT);
    }

    private static IndexWrite write(String id) {
        return new IndexWrite.Put(new StoredDocument(Key.of(id), Stamp.NONE, "text", Map.of(), Map.of()));
    }

    private boolean stands(String id) {
        return !memory.fetch(List.of(Key.of(id)), Projection.STAMP, TIMEOUT)
                .join()
                .isEmpty();
    }
}
