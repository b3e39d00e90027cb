package io.crossfade.proxy.migration.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.harness.StoreLink;
import io.crossfade.proxy.harness.StoreLink.Fate;
import io.crossfade.proxy.kit.control.MemoryControlStore;
import io.crossfade.proxy.kit.time.FakeTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class FollowingTest {
    private static final Duration REREAD = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final RecordSettings SETTINGS = new RecordSettings(4, RETRY, RETRY, REREAD);

    private final FakeTime time = new FakeTime();
    private final MemoryControlStore store = new MemoryControlStore(Runnable::run, time, true);
    private final StoreLink link = new StoreLink(store, new Life(), time);
    private final StateRecord<Counter> record = new Records(link, time, () -> 1, SETTINGS).of("counter", Counter.class);
    private final StateRecord<Counter> beside =
            new Records(store, time, () -> 1, SETTINGS).of("counter", Counter.class);
    private final List<Integer> told = new ArrayList<>();

    private record Counter(int count) {}

    private void set(int count) {
        beside.update(new Counter(0), before -> new Counter(count)).join();
    }

    private ControlStore.Watch follow() {
        return record.watch(counter -> told.add(counter.count()));
    }

    @Test
    void tellsWhatStands_andEachChange() {
        set(1);
        follow();
        set(2);
        beside.update(new Counter(0), before -> before).join();
        set(3);

        assertThat(told).containsExactly(1, 2, 3);
    }

    @Test
    void othersRecordsChange_nothingIsTold() {
        set(1);
        follow();
        store.compareAndSet("counter.more", Revision.ABSENT, new byte[] {'x'}).join();

        assertThat(told).containsExactly(1);
    }

    @Test
    void hintLost_isToldByTheNextReading() {
        set(1);
        follow();
        link.trouble(() -> Fate.ANSWERED, () -> true);
        set(2);
        time.advance(REREAD.minusMillis(1));
        assertThat(told).containsExactly(1);
        time.advance(Duration.ofMillis(1));
        assertThat(told).containsExactly(1, 2);
        time.advance(REREAD.multipliedBy(3));
        assertThat(told).containsExactly(1, 2);
    }

    @Test
    void readFails_isReadAgain() {
        set(1);
        int[] failures = {3};
        link.trouble(() -> failures[0]-- > 0 ? Fate.LOST : Fate.ANSWERED, () -> false);
        follow();
        time.advance(RETRY.multipliedBy(3).minusMillis(1));
        assertThat(told).isEmpty();
        time.advance(Duration.ofMillis(1));

        assertThat(told).containsExactly(1);
    }

    /** Holds because readings do not overlap: what is hinted at during one is read after it. */
    @Test
    void answersAreLate_noOlderStateIsToldAfterANewerOne() {
        Deque<Runnable> answers = new ArrayDeque<>();
        set(1);
        new Records(answeringLate(answers), time, () -> 1, SETTINGS)
                .of("counter", Counter.class)
                .watch(counter -> told.add(counter.count()));
        set(2);
        set(3);
        while (!answers.isEmpty()) {
            answers.removeLast().run();
        }

        assertThat(told).containsExactly(1, 3);
    }

    /** The store, but answers to reads are kept until the test lets them go. */
    private ControlStore answeringLate(Deque<Runnable> answers) {
        return (ControlStore) Proxy.newProxyInstance(
                ControlStore.class.getClassLoader(), new Class<?>[] {ControlStore.class}, (self, method, arguments) -> {
                    Object answer = method.invoke(store, arguments);
                    if (!method.getName().equals("read")) {
                        return answer;
                    }
                    CompletableFuture<Object> late = new CompletableFuture<>();
                    answers.add(() -> late.complete(((CompletableFuture<?>) answer).join()));
                    return late;
                });
    }

    @Test
    void listenerThrows_hearsOfTheNextStateAllTheSame() {
        set(1);
        record.watch(counter -> {
            told.add(counter.count());
            throw new IllegalStateException("a listener throws, as this test wants it");
        });
        set(2);

        assertThat(told).containsExactly(1, 2);
    }

    @Test
    void deletedAndMadeAnew_isTold() {
        set(1);
        follow();
        store.delete("counter", store.read("counter").join().orElseThrow().revision())
                .join();
        set(1);

        assertThat(told).containsExactly(1, 1);
    }

    @Test
    void stopped_tellsNothingMore_andWaitsForNothing() {
        set(1);
        ControlStore.Watch watch = follow();
        watch.stop();
        set(2);
        time.advance(REREAD.multipliedBy(2));

        assertThat(told).containsExactly(1);
        assertThat(time.pendingTimers()).isZero();
    }

    /** Holds because a store in this process loses no hint. */
    @Test
    void storeIsNotShared_isNotReadForNothing() {
        MemoryControlStore own = new MemoryControlStore(Runnable::run, time, false);
        new Records(own, time, () -> 1, SETTINGS).of("counter", Counter.class).watch(counter -> {});

        assertThat(time.pendingTimers()).isZero();
    }
}
