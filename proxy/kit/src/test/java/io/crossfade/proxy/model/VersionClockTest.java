package io.crossfade.proxy.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.time.FakeTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
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
        assertThat(clock.next()).isEqualTo(before + VersionClock.SLOTS);
        assertThat(clock.next()).isEqualTo(before + 2 * VersionClock.SLOTS);
    }

    @Test
    void versionOfAnother_isExceeded() {
        VersionClock clock = new VersionClock(time, 0);
        long theirs = VersionClock.atMillis(time.wallMillis() + 1_000);
        clock.observe(theirs);
        assertThat(clock.next()).isEqualTo(theirs + VersionClock.SLOTS);
    }

    /** Both have seen the same, and the wall clock of neither has come so far. */
    @Test
    void membersCountOnFromOneVersion_theyDoNotGiveTheSame() {
        long seen = VersionClock.atMillis(time.wallMillis() + 1_000) + 77;
        Set<Long> given = new HashSet<>();
        for (int slot : new int[] {0, 1, 77, VersionClock.SLOTS - 1}) {
            VersionClock clock = new VersionClock(time, 0);
            clock.slot(slot);
            clock.observe(seen);
            for (int i = 0; i < 1_000; i++) {
                assertThat(given.add(clock.next())).isTrue();
            }
        }
        assertThat(given).allMatch(version -> version > seen);
    }
}
