package io.crossfade.proxy.write.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutcomesTest {
    private static final List<IndexWrite> TWO =
            List.of(new IndexWrite.Remove(Key.of("1")), new IndexWrite.Remove(Key.of("2")));

    private static List<Outcome> ofIndexThat(Supplier<CompletableFuture<List<Outcome>>> answers) {
        VectorIndex index = (VectorIndex) Proxy.newProxyInstance(
                OutcomesTest.class.getClassLoader(),
                new Class<?>[] {VectorIndex.class},
                (proxy, method, given) -> answers.get());
        return Outcomes.of(index, TWO, Duration.ofSeconds(1)).join();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void anotherNumberOfOutcomes_isUnknownForAll(int answered) {
        Outcome[] outcomes = new Outcome[answered];
        Arrays.fill(outcomes, Outcome.APPLIED);
        assertThat(ofIndexThat(() -> CompletableFuture.completedFuture(List.of(outcomes))))
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(outcome.kind()).isEqualTo(Outcome.Kind.UNKNOWN))
                .allSatisfy(outcome -> assertThat(outcome.reason())
                        .isEqualTo(answered + " outcomes (expected: 2, one for each write)"));
    }

    @Test
    void driverThatThrows_orFails_isUnknownForAll() {
        assertThat(ofIndexThat(() -> {
                    throw new IllegalStateException("thrown");
                }))
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(outcome.reason()).contains("thrown"));
        assertThat(ofIndexThat(() -> CompletableFuture.failedFuture(new IllegalStateException("failed"))))
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(outcome.reason()).contains("failed"));
    }

    @Test
    void driverThatThrowsAnError_orGivesNoFuture_isUnknownForAll() {
        assertThat(ofIndexThat(() -> {
                    throw new StackOverflowError("deep");
                }))
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(outcome.reason()).contains("deep"));
        assertThat(Outcomes.of(silent(), TWO, Duration.ofSeconds(1)).join())
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(outcome.reason()).contains("no answer"));
    }

    private static VectorIndex silent() {
        return (VectorIndex) Proxy.newProxyInstance(
                OutcomesTest.class.getClassLoader(),
                new Class<?>[] {VectorIndex.class},
                (proxy, method, given) -> null);
    }

    @Test
    void noOutcomes_areUnknownForAll() {
        assertThat(ofIndexThat(() -> CompletableFuture.completedFuture(null)))
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(outcome.kind()).isEqualTo(Outcome.Kind.UNKNOWN));
    }

    @Test
    void goodAnswer_isHandedOnAsItIs() {
        List<Outcome> answer = List.of(Outcome.APPLIED, Outcome.NOT_FOUND);
        assertThat(ofIndexThat(() -> CompletableFuture.completedFuture(answer))).isSameAs(answer);
    }
}
