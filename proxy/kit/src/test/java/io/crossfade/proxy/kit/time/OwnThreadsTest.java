package io.crossfade.proxy.kit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.time.OwnThreads;
import io.crossfade.proxy.time.TimersOn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OwnThreadsTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final OwnThreads threads = new OwnThreads("test", "indexes.x.threads", 1, 1);
    private final CountDownLatch hung = new CountDownLatch(1);

    @AfterEach
    void release() {
        hung.countDown();
        threads.close();
    }

    private void hang() {
        CountDownLatch begun = new CountDownLatch(1);
        threads.execute(() -> {
            begun.countDown();
            await(hung);
        });
        await(begun);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void taskBeyondTheQueue_isRefusedByName() {
        hang();
        threads.execute(() -> {});

        assertThat(threads.waiting()).isEqualTo(1);
        assertThatThrownBy(() -> threads.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("indexes.x.threads: 1 busy, 1 calls wait (expected: room for one more)");
    }

    @Test
    void end_waitsForWhatIsHere_andRefusesWhatComes() {
        List<String> done = new ArrayList<>();
        hang();
        threads.execute(() -> done.add("waited"));

        assertThat(threads.end(Duration.ZERO)).isFalse();
        hung.countDown();
        assertThat(threads.end(SOON)).isTrue();
        assertThat(done).containsExactly("waited");
        assertThatThrownBy(() -> threads.execute(() -> {}))
                .hasMessage("indexes.x.threads: ended (expected: not closed yet)");
    }

    @Test
    void taskOfATimer_isNotLostWhileThereIsNoRoom() {
        FakeTime time = new FakeTime();
        List<String> done = new ArrayList<>();
        hang();
        threads.execute(() -> {});
        new TimersOn(time, threads).after(Duration.ofSeconds(1), () -> done.add("timer"));
        time.advance(Duration.ofSeconds(1));
        assertThat(done).isEmpty();

        hung.countDown();
        while (threads.waiting() > 0) {
            Thread.onSpinWait();
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(threads.end(SOON)).isTrue();
        assertThat(done).containsExactly("timer");
    }
}
