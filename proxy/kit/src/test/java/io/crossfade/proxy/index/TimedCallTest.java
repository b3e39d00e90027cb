package io.crossfade.proxy.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class TimedCallTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final FakeTime time = new FakeTime();
    private final Queue<Runnable> queue = new ArrayDeque<>();

    @Test
    void writeNotBegunInTime_isFailedAndNeverRuns() {
        CompletableFuture<List<Outcome>> call =
                TimedCall.write(time, TIMEOUT, 2).run(queue::add, () -> List.of(Outcome.APPLIED, Outcome.APPLIED));
        time.advance(TIMEOUT);

        assertThat(call.join()).hasSize(2).hasOnlyElementsOfType(Outcome.Failed.class);
        queue.remove().run();
        assertThat(call.join()).hasOnlyElementsOfType(Outcome.Failed.class);
    }

    @Test
    void timeIsOverBefore_itNeverBegins_andSaysSo() {
        TimedCall<List<Outcome>> call = TimedCall.write(time, Duration.ofMillis(-70), 1);

        assertThat(call.begin()).isFalse();
        assertThat(call.future().join()).containsExactly(new Outcome.Failed("time was over before it was asked"));
    }

    /** As in a process that was stopped: what waits for a thread goes on before the timers do. */
    @Test
    void itsTimeIsOver_itDoesNotBegin_alsoBeforeItsTimer() {
        List<TimedCall<List<Outcome>>> call = new ArrayList<>();
        List<Boolean> begun = new ArrayList<>();
        time.after(TIMEOUT, () -> begun.add(call.get(0).begin()));
        call.add(TimedCall.write(time, TIMEOUT, 1));
        time.advance(TIMEOUT);

        assertThat(begun).containsExactly(false);
    }

    @Test
    void noAnswerInTime_saysInHowMuch() {
        TimedCall<List<Outcome>> call = TimedCall.write(time, Duration.ofMillis(1_500), 1);
        time.advance(Duration.ofMillis(1_500));

        assertThat(call.future().join()).containsExactly(new Outcome.Failed("no answer within 1500 ms"));
    }

    @Test
    void writeBegunButNotAnswered_isUnknown() {
        TimedCall<List<Outcome>> call = TimedCall.write(time, TIMEOUT, 1);
        assertThat(call.begin()).isTrue();
        time.advance(TIMEOUT);

        assertThat(call.future().join()).hasOnlyElementsOfType(Outcome.Unknown.class);
        call.answer(List.of(Outcome.APPLIED));
        assertThat(call.future().join()).hasOnlyElementsOfType(Outcome.Unknown.class);
    }

    @Test
    void executorFull_writeIsFailedAndReadIsUnavailable_andBothSayWhose() {
        assertThat(TimedCall.write(time, TIMEOUT, 1)
                        .run(TimedCallTest::refuse, List::of)
                        .join())
                .containsExactly(new Outcome.Failed("not sent: threads of x: full"));
        assertThatThrownBy(() -> TimedCall.read(time, TIMEOUT)
                        .run(TimedCallTest::refuse, List::of)
                        .join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.UNAVAILABLE));
    }

    @Test
    void workThrowsAnError_theCallIsAnswered() {
        CompletableFuture<List<Outcome>> call = TimedCall.write(time, TIMEOUT, 1)
                .run(Runnable::run, () -> {
                    throw new NoClassDefFoundError("com/example/Client");
                });

        assertThat(call.join())
                .containsExactly(new Outcome.Unknown("index: java.lang.NoClassDefFoundError: com/example/Client"));
    }

    @Test
    void workWaitsForAFutureThatFails_theReadFailsForItsReason() {
        IndexException refusal = new IndexException(IndexException.Kind.INVALID, "cursor: x");
        CompletableFuture<Object> call = TimedCall.read(time, TIMEOUT)
                .run(
                        Runnable::run,
                        () -> CompletableFuture.failedFuture(refusal).join());

        assertThatThrownBy(call::join).cause().isSameAs(refusal);
    }

    private static void refuse(Runnable work) {
        throw new RejectedExecutionException("threads of x: full");
    }
}
