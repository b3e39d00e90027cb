package io.crossfade.proxy.migration.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CopyProgressTest {
    private final CopyProgress begun = CopyProgress.awaited(1, 0).begin();

    @Test
    void runFromAnOlderCheckpoint_undoesNothing() {
        CopyProgress further = begun.reached("m", 20, false);
        assertThat(further.reached("c", 10, false)).isEqualTo(further);
        assertThat(further.reached("t", 30, false).copied()).isEqualTo(30);
    }

    @Test
    void whatIsLeft_isKnownAsLongAsNoMoreIsGoneThroughThanWasCounted() {
        CopyProgress further = begun.reached("m", 20, false);
        assertThat(further.left()).isEmpty();
        assertThat(further.total(50).left()).hasValue(30);
        assertThat(further.total(20).left()).isEmpty();
        assertThat(further.total(10).left()).isEmpty();
    }

    @Test
    void copyThatIsDone_staysSo() {
        CopyProgress done = begun.reached("", 20, true);
        assertThat(done.reached("t", 40, false)).isEqualTo(done);
        assertThat(done.isDone()).isTrue();
    }
}
