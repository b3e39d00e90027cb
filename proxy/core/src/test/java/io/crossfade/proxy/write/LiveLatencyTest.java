package io.crossfade.proxy.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.time.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LiveLatencyTest {
    private final FakeTime time = new FakeTime();
    private final LiveLatency latency = new LiveLatency(time);

    private void writes(int count, Duration each) {
        for (int i = 0; i < count; i++) {
            long began = time.nanos();
            time.advance(each);
            latency.record(began);
        }
    }

    @Test
    void writesThatBecomeSlower_arePressure() {
        writes(50, Duration.ofMillis(2));
        assertThat(latency.pressure()).isEqualTo(1);
        writes(20, Duration.ofMillis(200));
        assertThat(latency.pressure()).isGreaterThan(1.5);
    }

    @Test
    void firstWriteThatTimedOut_isNotTheUsual() {
        writes(1, Duration.ofSeconds(2));
        writes(50, Duration.ofMillis(2));
        writes(20, Duration.ofMillis(200));
        assertThat(latency.pressure()).isGreaterThan(1.5);
    }

    @Test
    void slowWritesThatNobodySendsAnyMore_areNoPressure() {
        writes(50, Duration.ofMillis(2));
        writes(20, Duration.ofMillis(200));
        time.advance(Duration.ofSeconds(11));
        assertThat(latency.pressure()).isEqualTo(1);
    }
}
