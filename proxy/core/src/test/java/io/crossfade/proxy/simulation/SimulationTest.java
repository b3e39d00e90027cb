package io.crossfade.proxy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.simulation.Simulation.Leaving;
import io.crossfade.proxy.simulation.Simulation.Verdict;
import org.junit.jupiter.api.Test;

/** A few seeds; many more run with {@code ./mvnw -q -Psimulate -Dseeds=N verify}. */
final class SimulationTest {
    private static final int SEEDS = 100;

    @Test
    void wholeMigrationsUnderFaults_loseNothingAndConverge() {
        long acked = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            Verdict verdict = Simulate.run(seed, Leaving.NOTHING, false);
            assertThat(verdict.violations()).as("seed " + seed).isEmpty();
            acked += verdict.acked();
        }
        assertThat(acked).as("the writers had something to do").isGreaterThan(100L * SEEDS);
    }

    @Test
    void sameSeed_replaysExactly() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(Simulate.run(seed, Leaving.NOTHING, true).trace())
                    .hasSizeGreaterThan(100)
                    .isEqualTo(Simulate.run(seed, Leaving.NOTHING, true).trace());
        }
    }
}
