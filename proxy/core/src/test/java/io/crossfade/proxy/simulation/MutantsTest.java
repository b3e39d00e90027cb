package io.crossfade.proxy.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That each seeded bug still has its place; that it is caught takes longer. */
final class MutantsTest {
    @Test
    void everyMutant_changesItsFile() throws IOException {
        List<Mutant> all = Mutant.all();
        assertThat(all).hasSizeGreaterThan(40);
        assertThat(all).extracting(Mutant::name).doesNotHaveDuplicates();
        assertThat(all).allMatch(mutant -> mutant.seed() > 0 || mutant.test() != null);
        for (Mutant mutant : all) {
            assertThat(mutant.source()).contains(mutant.replace());
        }
    }
}
