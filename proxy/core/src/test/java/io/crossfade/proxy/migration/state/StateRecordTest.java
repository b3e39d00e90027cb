package io.crossfade.proxy.migration.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.harness.StoreLink;
import io.crossfade.proxy.harness.StoreLink.Fate;
import io.crossfade.proxy.kit.control.MemoryControlStore;
import io.crossfade.proxy.kit.time.FakeTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A record changed by one sidecar, over a way to the store that loses what a test wants it to, and by others beside it.
 */
final class StateRecordTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final RecordSettings SETTINGS =
            new RecordSettings(4, Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofSeconds(5));

    private final FakeTime time = new FakeTime();
    private final MemoryControlStore store = new MemoryControlStore(Runnable::run, time, true);
    private final StoreLink link = new StoreLink(store, new Life(), time);
    private final Queue<Fate> fates = new ArrayDeque<>();
    private final StateRecord<Tally> record = new Records(link, time, () -> 1, SETTINGS).of("tally", Tally.class);
    private final StateRecord<Tally> beside = new Records(store, time, () -> 1, SETTINGS).of("tally", Tally.class);

    /** Counts how often it was changed. */
    private record Tally(int count, Map<String, Integer> byName, Part part) {
        Tally plusOne() {
            return new Tally(count + 1, byName, part);
        }
    }

    private record Part(int number, Map<String, String> answers) {}

    private static final Tally NONE = new Tally(0, Map.of(), new Part(1, Map.of()));

    private void next(Fate... next) {
        fates.addAll(List.of(next));
        link.trouble(() -> Optional.ofNullable(fates.poll()).orElse(Fate.ANSWERED), () -> false);
    }

    private CompletableFuture<Tally> plusOne() {
        return record.update(NONE, Tally::plusOne);
    }

    private int stored() {
        return beside.read().join().orElse(NONE).count();
    }

    @Test
    void answerLost_itIsSeenToBeMade() {
        next(Fate.ANSWERED, Fate.ANSWER_LOST);
        var updated = plusOne();
        time.advance(LONG);

        assertThat(updated).isCompletedWithValueMatching(tally -> tally.count() == 1);
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void requestLost_itIsMadeByTheNextAttempt() {
        next(Fate.ANSWERED, Fate.LOST);
        var updated = plusOne();
        time.advance(Duration.ofMillis(99));
        assertThat(updated).isNotDone();
        assertThat(stored()).isZero();
        time.advance(Duration.ofMillis(1));

        assertThat(updated).isCompletedWithValueMatching(tally -> tally.count() == 1);
        assertThat(stored()).isEqualTo(1);
    }

    /** Lets a request arrive after 300 ms: after the second attempt, or before the fourth. */
    @Test
    void requestLate_itIsMadeOnce() {
        next(Fate.ANSWERED, Fate.LATE);
        var updated = plusOne();
        time.advance(LONG);
        assertThat(updated).isCompletedWithValueMatching(tally -> tally.count() == 1);
        assertThat(stored()).isEqualTo(1);

        next(Fate.ANSWERED, Fate.LATE, Fate.LOST, Fate.LOST);
        var again = plusOne();
        time.advance(LONG);
        assertThat(again).isCompletedWithValueMatching(tally -> tally.count() == 2);
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void readFails_isAttemptedAgain() {
        next(Fate.LOST, Fate.LOST);
        var updated = plusOne();
        time.advance(LONG);

        assertThat(updated).isCompletedWithValueMatching(tally -> tally.count() == 1);
    }

    /** Counts rests of 100, 200 and 300 ms. */
    @Test
    void storeIsAway_failsWithTheReasonAfterTheLastAttempt() {
        next(Fate.LOST, Fate.LOST, Fate.LOST, Fate.LOST);
        var updated = plusOne();
        time.advance(Duration.ofMillis(599));
        assertThat(updated).isNotDone();
        time.advance(Duration.ofMillis(1));

        assertThat(updated)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(ControlException.class)
                .withMessageContaining("no answer");
        assertThat(fates).isEmpty();
    }

    @Test
    void othersAreFirst_isMadeOfWhatTheyWrote() {
        List<Integer> seen = new ArrayList<>();
        var updated = record.update(NONE, before -> {
            seen.add(before.count());
            if (seen.size() < 3) {
                beside.update(NONE, Tally::plusOne).join();
            }
            return before.plusOne();
        });
        time.advance(LONG);

        assertThat(updated).isCompletedWithValueMatching(tally -> tally.count() == 3);
        assertThat(seen).containsExactly(0, 1, 2);
    }

    @Test
    void othersAreAlwaysFirst_failsAfterTheLastAttempt() {
        var updated = record.update(NONE, before -> {
            beside.update(NONE, Tally::plusOne).join();
            return before.plusOne();
        });
        time.advance(LONG);

        assertThat(updated)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(ControlException.class)
                .withMessageContaining(
                        "control record tally: changed by others in 4 attempts (expected: left alone for one)");
        assertThat(stored()).isEqualTo(4);
    }

    @Test
    void editThrows_failsAtOnce() {
        var updated = record.update(NONE, before -> {
            throw new IllegalStateException("no");
        });

        assertThat(updated).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("no");
        assertThat(stored()).isZero();
    }

    @Test
    void changeOfWhatIsNotThere_fails() {
        assertThat(record.change(Tally::plusOne))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("control record tally: absent (expected: there to be changed)");
    }

    @Test
    void whatANewerVersionHasWritten_isKept() {
        write("""
                {"format":2,"count":1,"byName":{"a":1,"b":2},"later":{"x":[1,2]},
                 "part":{"number":1,"by":"me","answers":{"a":""}}}""");

        record.update(NONE, before -> new Tally(2, Map.of("b", 3), new Part(1, Map.of("a", "", "b", ""))))
                .join();
        assertThat(text()).contains("\"format\":2", "\"later\":{\"x\":[1,2]}", "\"count\":2", "\"by\":\"me\"");
        assertThat(text()).contains("\"byName\":{\"b\":3}").contains("\"b\":\"\"");
        assertThat(record.read().join().orElseThrow().part().answers()).containsOnlyKeys("a", "b");

        record.update(NONE, before -> new Tally(2, Map.of(), new Part(2, Map.of())))
                .join();
        assertThat(text()).contains("\"format\":2").as("of another part").doesNotContain("\"by\"");
    }

    private void write(String json) {
        store.compareAndSet("tally", Revision.ABSENT, json.getBytes(UTF_8)).join();
    }

    private String text() {
        return new String(store.read("tally").join().orElseThrow().value(), UTF_8);
    }
}
