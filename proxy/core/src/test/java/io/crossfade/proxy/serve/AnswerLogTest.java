package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerLogTest {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int LITTLE = 64 << 10;
    private static final int DEFAULT = 32 << 20;
    private static final byte[] USUAL = AnswerCodec.results(
            new WriteReply(
                    List.of(new WriteReply.Result(
                            Key.of("1"),
                            115_000_000_000_000_000L,
                            WriteReply.Leader.APPLIED,
                            WriteReply.Follower.APPLIED,
                            "",
                            false)),
                    5_000),
            false);

    private final FakeTime time = new FakeTime();

    private static WriteId id(long number) {
        return WriteId.of("id " + number);
    }

    /** The same as a plain map in the order of arrival, whatever is added when. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void randomHistory_isThatOfAPlainMap(long seed) {
        Random random = new Random(seed);
        AnswerLog log = new AnswerLog(time, WINDOW, LITTLE);
        Map<WriteId, Said> model = new LinkedHashMap<>();
        int ids = 1 + random.nextInt(4_000);
        for (int i = 0; i < 10_000; i++) {
            WriteId id = id(random.nextInt(ids));
            if (random.nextBoolean()) {
                byte[] said = new byte[random.nextInt(random.nextInt(30) == 0 ? LITTLE / 8 : 30)];
                random.nextBytes(said);
                log.add(id, i, said);
                model.remove(id);
                model.put(id, new Said(i, said, time.nanos()));
                assertThat(log.bytes()).isLessThanOrEqualTo(LITTLE);
            }
            if (random.nextInt(1_000) == 0) {
                time.advance(Duration.ofSeconds(random.nextInt(90)));
                log.forgetOld();
            }
            check(log, model, id);
        }
    }

    private record Said(long content, byte[] bytes, long nanos) {}

    /** What is found is what was said last. What is not found is too old, or was crowded out after all that is older. */
    private void check(AnswerLog log, Map<WriteId, Said> model, WriteId id) {
        Said expected = model.get(id);
        AnswerLog.Answer found = log.find(id);
        if (found != null) {
            Said said = Objects.requireNonNull(expected);
            assertThat(found.content()).isEqualTo(said.content());
            assertThat(found.said()).isEqualTo(said.bytes());
        } else if (expected != null) {
            assertThat(time.nanos() - expected.nanos())
                    .isGreaterThanOrEqualTo(log.window().toNanos());
            model.entrySet().stream()
                    .takeWhile(older -> !older.getKey().equals(id))
                    .limit(20)
                    .forEach(older -> assertThat(log.find(older.getKey())).isNull());
        }
    }

    @Test
    void fiveThousandASecond_areAllKnownForAMinute_withTheDefaultSize() {
        AnswerLog log = new AnswerLog(time, WINDOW, DEFAULT);
        int calls = 0;
        for (int second = 0; second < 3 * 60; second++) {
            for (int i = 0; i < 5_000; i++) {
                log.add(id(calls), calls, USUAL);
                calls++;
            }
            time.advance(Duration.ofSeconds(1));
            assertThat(log.window()).isEqualTo(WINDOW);
        }
        for (int i = calls - 295_000; i < calls; i++) {
            assertThat(log.find(id(i))).isNotNull();
        }
        assertThat(log.find(id(calls - 310_000))).isNull();
        assertThat(log.count()).isBetween(295_000, 310_000);
        assertThat(log.bytes()).isLessThanOrEqualTo(64L * log.count());
    }

    @Test
    void noRoom_theOldestGo_andTheWindowSaysSo() {
        AnswerLog log = new AnswerLog(time, WINDOW, LITTLE);
        for (int i = 0; i < 10_000; i++) {
            log.add(id(i), i, USUAL);
            time.advance(Duration.ofMillis(10));
        }
        int kept = log.count();
        assertThat(kept).isBetween(LITTLE / 2 / 64, LITTLE / 40);
        assertThat(log.find(id(10_000 - kept))).isNotNull();
        assertThat(log.find(id(10_000 - kept - 1))).isNull();
        assertThat(log.window().toMillis()).isBetween(kept * 10L - 100, kept * 10L + 100);
    }

    @Test
    void quietAgain_theMemoryIsGivenBack_andTheWindowIsWhole() {
        AnswerLog log = new AnswerLog(time, WINDOW, 1 << 20);
        for (int i = 0; i < 100_000; i++) {
            log.add(id(i), i, USUAL);
        }
        assertThat(log.window()).isZero();
        time.advance(WINDOW.plusSeconds(1));
        log.forgetOld();
        assertThat(log.count()).isZero();
        assertThat(log.bytes()).isLessThan(LITTLE);
        assertThat(log.window()).isEqualTo(WINDOW);
    }

    @Test
    void answeredAgain_theLastAnswerCounts() {
        AnswerLog log = new AnswerLog(time, WINDOW, LITTLE);
        log.add(id(1), 1, new byte[] {1});
        log.add(id(2), 1, new byte[] {2});
        log.add(id(1), 1, new byte[] {3});
        assertThat(Objects.requireNonNull(log.find(id(1))).said()).containsExactly(3);
    }

    @Test
    void answerThatWouldCrowdOutMost_isRefused() {
        AnswerLog log = new AnswerLog(time, WINDOW, LITTLE);
        assertThat(log.canHold(LITTLE / 8)).isTrue();
        assertThatThrownBy(() -> log.add(id(1), 1, new byte[LITTLE / 8 + 1]))
                .hasMessage("said: 8193 bytes (expected: at most 8192)");
    }
}
