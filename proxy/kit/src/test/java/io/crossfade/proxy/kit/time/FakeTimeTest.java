package io.crossfade.proxy.kit.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FakeTimeTest {
    private final FakeTime time = new FakeTime();
    private final List<String> ran = new ArrayList<>();

    @Test
    void timers_runInOrderOfTheirDueTime_eachAtItsTime() {
        time.after(Duration.ofMillis(20), () -> ran.add("late at " + time.nanos() / 1_000_000));
        time.after(Duration.ofMillis(10), () -> ran.add("early at " + time.nanos() / 1_000_000));
        time.advance(Duration.ofMillis(19));
        assertThat(ran).containsExactly("early at 10");
        time.advance(Duration.ofMillis(1));
        assertThat(ran).containsExactly("early at 10", "late at 20");
    }

    @Test
    void timerSetByATimer_runsInTheSameAdvance() {
        time.after(Duration.ofMillis(1), () -> time.after(Duration.ofMillis(1), () -> ran.add("second")));
        time.advance(Duration.ofMillis(2));
        assertThat(ran).containsExactly("second");
    }

    @Test
    void cancelledTimer_neverRuns() {
        Time.Timer timer = time.after(Duration.ofMillis(1), () -> ran.add("cancelled"));
        timer.cancel();
        time.advance(Duration.ofSeconds(1));
        assertThat(ran).isEmpty();
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void wallJump_leavesDurationsAlone() {
        long wall = time.wallMillis();
        time.jumpWall(Duration.ofHours(-1));
        assertThat(time.wallMillis()).isEqualTo(wall - 3_600_000);
        assertThat(time.nanos()).isZero();
    }
}
