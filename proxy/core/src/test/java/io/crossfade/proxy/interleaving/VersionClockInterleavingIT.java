package io.crossfade.proxy.interleaving;

import io.crossfade.proxy.model.VersionClock;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Two calls never get one version, and each is above all that were given out or seen before. */
public final class VersionClockInterleavingIT {
    @Test
    void versions_growAndNeverRepeat() {
        Interleavings.check(Operations.class);
    }

    public static final class Operations {
        private final VersionClock clock = new VersionClock(new StillTime(), VersionClock.atMillis(1L << 40));

        @Operation
        public long next() {
            return clock.next();
        }

        @Operation
        public void observe(@Param(gen = IntGen.class, conf = "0:9") int ahead) {
            clock.observe(VersionClock.atMillis(1L << 40) + ahead);
        }

        @Operation
        public long last() {
            return clock.last();
        }
    }
}
