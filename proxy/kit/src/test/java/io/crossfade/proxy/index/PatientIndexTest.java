package io.crossfade.proxy.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.kit.memory.FaultyIndex;
import io.crossfade.proxy.kit.memory.MemoryIndex;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.TextSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class PatientIndexTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    private final FakeTime time = new FakeTime();
    private final FaultyIndex engine = new FaultyIndex(
            new MemoryIndex(
                    new IndexDefinition("away", "memory", Map.of(), TextSource.OWN, Map.of()),
                    new MemoryStore(),
                    Runnable::run,
                    time),
            time,
            Duration.ZERO);
    private final PatientIndex index =
            new PatientIndex(engine, new IndexException(IndexException.Kind.UNAVAILABLE, "down"), time);

    @Test
    void openingHangs_aCallWaitsNoLongerThanItMay() {
        engine.plan(FaultPlan.on(FaultPlan.Operation.OPEN, new Fault.Hang()));
        var attributes = index.attributes(TIMEOUT);
        var written = index.write(List.of(new IndexWrite.Remove(Key.of("1"))), TIMEOUT);
        time.advance(TIMEOUT.minusMillis(1));
        assertThat(attributes).isNotDone();
        assertThat(written).isNotDone();
        time.advance(Duration.ofMillis(1));
        assertThat(attributes).isCompletedExceptionally();
        assertThat(written.join()).hasOnlyElementsOfType(Outcome.Failed.class);
    }

    @Test
    void openingTakesLong_itIsOpenForTheCallAfter() {
        engine.plan(FaultPlan.on(FaultPlan.Operation.OPEN, new Fault.Slow(TIMEOUT.multipliedBy(2))));
        var given = index.attributes(TIMEOUT);
        time.advance(TIMEOUT);
        assertThat(given).isCompletedExceptionally();
        time.advance(TIMEOUT);
        assertThat(index.isOpen()).isTrue();
        assertThat(index.attributes(TIMEOUT)).isCompleted();
    }

    /** Its engine was slow at first: what it says later counts. */
    @Test
    void engineSaysLaterThatTheIndexIsMissing_soItIs_untilItIsMade() {
        PatientIndex late = new PatientIndex(
                new ForwardingIndex(engine) {
                    @Override
                    public CompletableFuture<Void> open() {
                        return CompletableFuture.failedFuture(
                                new IndexException(IndexException.Kind.MISSING, "table docs: none"));
                    }
                },
                new TimeoutException("not within 1 s"),
                time);
        assertThat(late.isMissing()).isFalse();
        assertThat(late.open()).isCompletedExceptionally();
        assertThat(late.isMissing()).isTrue();

        late.create().join();
        assertThat(late.isMissing()).isFalse();
        assertThat(late.attributes(TIMEOUT)).isCompleted();
    }
}
