package io.crossfade.proxy.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.time.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class VersionClockTest {
    private final FakeTime time = new FakeTime();

    @Test
    void timeStandsStill_versionsGrow() {
        VersionClock clock = new VersionClock(time, 0);
        long first = clock.next();
        assertThat(clock.next()).isGreaterThan(first);
    }

    @Test
    void timeGoesOn_versionsTellIt() {
        VersionClock clock = new VersionClock(time, 0);
        clock.next();
        time.advance(Duration.ofMillis(7));
        assertThat(VersionClock.millis(clock.next())).isEqualTo(time.wallMillis());
    }

    /** What an earlier process has issued, when its clock was ahead. */
    @Test
    void wallClockWasSetBack_versionsGoOnAboveThoseBefore() {
        long before = VersionClock.atMillis(time.wallMillis() + 86_400_000);
        VersionClock clock = new VersionClock(time, before);
        assertThat(clock.next()).isEqualTo(before + 1);
        assertThat(clock.next()).isEqualTo(before + 2);
    }

    @Test
    void versionOfAnother_isExceeded() {
        VersionClock clock = new VersionClock(time, 0);
        long theirs = VersionClock.atMillis(time.wallMillis() + 1_000);
        clock.observe(theirs);
        assertThat(clock.next()).isEqualTo(theirs + 1);
    }
}
