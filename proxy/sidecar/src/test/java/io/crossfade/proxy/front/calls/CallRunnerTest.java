package io.crossfade.proxy.front.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.collection.CallException;
import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class CallRunnerTest {
    private final CallRunner runner = new CallRunner(new CallsInFlight(1), new StatusMapper(), Duration.ofSeconds(10));

    @Test
    void callWithoutDeadline_getsTheDefault() {
        assertThat(runner.timeouts().get()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void callWithDeadline_getsWhatIsLeftOfIt() {
        assertThat(timeouts(Deadline.after(1, TimeUnit.HOURS)).get())
                .isPositive()
                .isLessThanOrEqualTo(Duration.ofHours(1));
    }

    @Test
    void deadlineThatIsPast_isRefused() {
        Supplier<Duration> timeouts = timeouts(Deadline.after(-1, TimeUnit.SECONDS));

        assertThatThrownBy(timeouts::get)
                .isInstanceOfSatisfying(
                        CallException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(CallException.Kind.DEADLINE))
                .hasMessageEndingWith("(expected: some time left)");
    }

    private Supplier<Duration> timeouts(Deadline deadline) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        Context.CancellableContext context = Context.current().withDeadline(deadline, timer);
        Context previous = context.attach();
        try {
            return runner.timeouts();
        } finally {
            context.detachAndCancel(previous, null);
            timer.shutdownNow();
        }
    }
}
