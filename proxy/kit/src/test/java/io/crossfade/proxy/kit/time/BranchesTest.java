package io.crossfade.proxy.kit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.SystemTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class BranchesTest {
    private static final IllegalStateException FAILURE = new IllegalStateException("no");

    @Test
    void take_handsOnTheValueOrTheFailure() {
        List<Object> taken = new ArrayList<>();
        Branches.take(CompletableFuture.completedFuture("yes"), (value, failed) -> taken.add(value));
        Branches.take(CompletableFuture.failedFuture(FAILURE), (value, failed) -> taken.add(failed));

        assertThat(taken).containsExactly("yes", FAILURE);
    }

    /** Otherwise a fault in the last stage of a chain would be nobody's. */
    @Test
    void takerThrows_itsThreadIsTold() throws Exception {
        List<Throwable> told = new ArrayList<>();
        Thread thread = new Thread(() -> Branches.take(CompletableFuture.completedFuture("yes"), (value, failed) -> {
            throw FAILURE;
        }));
        thread.setUncaughtExceptionHandler((in, thrown) -> told.add(thrown));
        thread.start();
        thread.join();

        assertThat(told).containsExactly(FAILURE);
    }

    @Test
    void taskOfATimerThrows_itsThreadIsTold_andLaterTimersRun() {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        CompletableFuture<String> later = new CompletableFuture<>();
        try (SystemTime time = new SystemTime()) {
            time.after(Duration.ZERO, () -> {
                Thread.currentThread().setUncaughtExceptionHandler((in, thrown) -> told.complete(thrown));
                throw FAILURE;
            });
            time.after(Duration.ZERO, () -> later.complete("ran"));

            assertThat(told.join()).isSameAs(FAILURE);
            assertThat(later.join()).isEqualTo("ran");
        }
    }

    @Test
    void compose_goesOnFromEitherBranch_andFailsAsTheNextDoes() {
        assertThat(Branches.compose(
                                CompletableFuture.<String>failedFuture(FAILURE),
                                (value, failed) -> CompletableFuture.completedFuture("from " + failed.getMessage()))
                        .join())
                .isEqualTo("from no");
        assertThatThrownBy(() -> Branches.compose(CompletableFuture.completedFuture("yes"), (value, failed) -> {
                            throw FAILURE;
                        })
                        .join())
                .hasCause(FAILURE);
    }

    @Test
    void drop_wantsAReason() {
        assertThatThrownBy(() -> Branches.drop(new CompletableFuture<>(), ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reason: empty");
    }
}
