package io.crossfade.proxy.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.time.Cause;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a driver does, each of its calls ends, and nothing is believed that it has not said. */
final class GuardedIndexTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final List<IndexWrite> TWO =
            List.of(new IndexWrite.Remove(Key.of("1")), new IndexWrite.Remove(Key.of("2")));

    private final FakeTime time = new FakeTime();

    private VectorIndex thatAnswers(Supplier<@Nullable CompletableFuture<?>> answers) {
        VectorIndex driver = (VectorIndex) Proxy.newProxyInstance(
                GuardedIndexTest.class.getClassLoader(),
                new Class<?>[] {VectorIndex.class},
                (proxy, method, given) -> answers.get());
        return new GuardedIndex("things", driver, time);
    }

    private List<Outcome> written(Supplier<@Nullable CompletableFuture<?>> answers) {
        return thatAnswers(answers).write(TWO, TIMEOUT).join();
    }

    private static void assertUnknown(List<Outcome> outcomes, String why) {
        assertThat(outcomes).hasSize(2).allSatisfy(outcome -> {
            assertThat(outcome.kind()).isEqualTo(Outcome.Kind.UNKNOWN);
            assertThat(outcome.reason()).contains(why);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void anotherNumberOfOutcomes_isUnknownForAll(int answered) {
        Outcome[] outcomes = new Outcome[answered];
        Arrays.fill(outcomes, Outcome.APPLIED);
        assertUnknown(
                written(() -> CompletableFuture.completedFuture(List.of(outcomes))),
                answered + " outcomes (expected: 2, one for each write)");
    }

    @Test
    void writeThatThrows_orFails_isUnknownForAll() {
        assertUnknown(
                written(() -> {
                    throw new StackOverflowError("deep");
                }),
                "deep");
        assertUnknown(written(() -> CompletableFuture.failedFuture(new IllegalStateException("failed"))), "failed");
    }

    @Test
    void writeWithoutAFuture_orOutcomes_isUnknownForAll() {
        assertUnknown(written(() -> null), "no future");
        assertUnknown(written(() -> CompletableFuture.completedFuture(null)), "no outcomes");
    }

    @Test
    void goodAnswer_isHandedOnAsItIs() {
        List<Outcome> answer = List.of(Outcome.APPLIED, Outcome.NOT_FOUND);
        assertThat(written(() -> CompletableFuture.completedFuture(answer))).isSameAs(answer);
    }

    @Test
    void writeWithoutAnAnswer_isUnknownSoonAfterItsLimit() {
        CompletableFuture<List<Outcome>> written =
                thatAnswers(CompletableFuture::new).write(TWO, TIMEOUT);
        time.advance(TIMEOUT);
        assertThat(written).as("the driver may end it itself").isNotDone();
        time.advance(Duration.ofSeconds(2));
        assertUnknown(written.join(), "things: no answer to write");
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void answerThatComesInItsTime_leavesNoTimerBehind() {
        CompletableFuture<List<Outcome>> answer = new CompletableFuture<>();
        CompletableFuture<List<Outcome>> written = thatAnswers(() -> answer).write(TWO, TIMEOUT);
        answer.complete(List.of(Outcome.APPLIED, Outcome.APPLIED));
        assertThat(written.join()).containsExactly(Outcome.APPLIED, Outcome.APPLIED);
        time.advance(Duration.ofSeconds(1));
        assertThat(time.pendingTimers()).isZero();
    }

    private static Arguments call(String name, Function<VectorIndex, CompletableFuture<?>> call) {
        return Arguments.of(name, call);
    }

    static List<Arguments> reads() {
        return List.of(
                call("fetch", index -> index.fetch(List.of(Key.of("1")), Projection.ALL, TIMEOUT)),
                call(
                        "query",
                        index -> index.query(
                                new VectorQuery("", "", Embedding.of(1), 1, 0, null, 0, Projection.ALL, Map.of()),
                                TIMEOUT)),
                call("scan", index -> index.scan(new ScanQuery("", null, null, Projection.ALL, 1), TIMEOUT)),
                call("count", index -> index.count(null, TIMEOUT)),
                call("attributes", index -> index.attributes(TIMEOUT)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reads")
    void readWithoutAnAnswer_failsSoonAfterItsLimit(String name, Function<VectorIndex, CompletableFuture<?>> call) {
        CompletableFuture<?> read = call.apply(thatAnswers(CompletableFuture::new));
        time.advance(TIMEOUT.plusSeconds(2));
        assertThat(read).isCompletedExceptionally();
        assertThat(Cause.of(read.handle((done, failed) -> failed).join()))
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.DEADLINE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reads")
    void readThatThrows_orAnswersNothing_fails(String name, Function<VectorIndex, CompletableFuture<?>> call) {
        assertThat(call.apply(thatAnswers(() -> {
                    throw new NoClassDefFoundError("gone");
                })))
                .isCompletedExceptionally();
        assertThat(call.apply(thatAnswers(() -> null))).isCompletedExceptionally();
        assertThat(call.apply(thatAnswers(() -> CompletableFuture.completedFuture(null))))
                .isCompletedExceptionally();
    }
}
