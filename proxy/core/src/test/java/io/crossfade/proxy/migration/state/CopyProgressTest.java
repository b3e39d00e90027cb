package io.crossfade.proxy.migration.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.migration.state.CopyProgress.SliceProgress;
import org.junit.jupiter.api.Test;

final class CopyProgressTest {
    private final CopyProgress begun = CopyProgress.awaited(1, 2, 0).begin();

    @Test
    void runFromAnOlderCheckpoint_undoesNothing() {
        CopyProgress further = begun.slice(0, new SliceProgress("m", 20, false));
        assertThat(further.slice(0, new SliceProgress("c", 10, false))).isEqualTo(further);
        assertThat(further.slice(0, new SliceProgress("t", 30, false)).copied()).isEqualTo(30);
    }

    @Test
    void whatIsLeft_isKnownAsLongAsNoMoreIsGoneThroughThanWasCounted() {
        CopyProgress further = begun.slice(0, new SliceProgress("m", 20, false));
        assertThat(further.left()).isEmpty();
        assertThat(further.total(50).left()).hasValue(30);
        assertThat(further.total(20).left()).isEmpty();
        assertThat(further.total(10).left()).isEmpty();
    }

    @Test
    void sliceThatIsDone_staysSo() {
        CopyProgress done = begun.slice(0, new SliceProgress("z", 20, true));
        assertThat(done.slice(0, new SliceProgress("t", 40, false))).isEqualTo(done);
        assertThat(done.isDone()).isFalse();
        assertThat(done.slice(1, new SliceProgress("", 0, true)).isDone()).isTrue();
    }
}
