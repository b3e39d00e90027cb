package io.crossfade.proxy.front.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EventLoopsTest {
    @Test
    void loopLeavesATaskForTheEnd_itRunsAfterWhatIsBeingDone_onTheSameThread() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        try (EventLoops loops = new EventLoops(2)) {
            boolean taken = loops.workers()
                    .submit(() -> {
                        Thread loop = Thread.currentThread();
                        boolean left = loops.atEnd(
                                () -> order.add(Thread.currentThread() == loop ? "left" : "on another thread"));
                        order.add("done");
                        return left;
                    })
                    .get(10, TimeUnit.SECONDS);
            assertThat(taken).isTrue();
        }
        assertThat(order).containsExactly("done", "left");
    }

    @Test
    void anyOtherThread_hasNoTurns() {
        try (EventLoops loops = new EventLoops(1)) {
            assertThat(loops.atEnd(() -> {
                        throw new AssertionError("nobody may run this");
                    }))
                    .isFalse();
        }
    }
}
