package io.crossfade.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.v1.Difference;
import io.crossfade.v1.Phase;
import org.junit.jupiter.api.Test;

final class ShortNamesTest {
    @Test
    void value_losesThePrefixOfItsEnum() {
        assertThat(ShortNames.of(Phase.PHASE_MIRRORING)).isEqualTo("MIRRORING");
        assertThat(ShortNames.of(Phase.PHASE_UNSPECIFIED)).isEqualTo("UNSPECIFIED");
        assertThat(ShortNames.of(Difference.Kind.KIND_STALE_VECTOR)).isEqualTo("STALE_VECTOR");
    }

    @Test
    void valueOfALaterVersion_isItsNumberIfThatIsKnown() {
        assertThat(ShortNames.of(Phase.UNRECOGNIZED, 77)).isEqualTo("77");
        assertThat(ShortNames.of(Phase.PHASE_SEALED, Phase.PHASE_SEALED_VALUE)).isEqualTo("SEALED");
        assertThat(ShortNames.of(Phase.UNRECOGNIZED)).isEqualTo("UNRECOGNIZED");
    }
}
