package io.crossfade.proxy.migration.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SpeedTest {
    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private final Speed begun = Speed.from(100, seconds(5));

    @Test
    void isUnknown_untilItHasBeenLookedAtForASecond() {
        assertThat(begun.perSecond(seconds(9))).isEmpty();
        assertThat(begun.at(150, seconds(6) - 1).perSecond(seconds(6))).isEmpty();
    }

    @Test
    void isThatBetweenTheLastTwoLooks() {
        Speed later = begun.at(120, seconds(7)).at(220, seconds(9));
        assertThat(later.perSecond(seconds(9))).hasValue(50);
    }

    @Test
    void nothingIsCopiedAnyMore_fallsWithTime() {
        Speed stalled = begun.at(120, seconds(7));
        assertThat(stalled.perSecond(seconds(8))).hasValue(10);
        assertThat(stalled.perSecond(seconds(27))).hasValue(1);
    }

    /** Something else may have changed in the record. */
    @Test
    void lookThatFindsItNoFurther_tellsNothing() {
        Speed later = begun.at(120, seconds(7)).at(120, seconds(8));
        assertThat(later.perSecond(seconds(8))).hasValue(10);
        assertThat(later.at(140, seconds(11)).perSecond(seconds(11))).hasValue(5);
    }
}
