package io.crossfade.proxy.migration.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.model.Phase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TransitionsTest {
    @Test
    void everyStep_isALegalOne_andNoOther() {
        List<String> legal = new ArrayList<>();
        for (Phase from : Phase.values()) {
            for (Phase to : Phase.values()) {
                if (Transitions.isLegal(from, to)) {
                    legal.add(from + ">" + to);
                }
            }
        }
        assertThat(legal)
                .containsExactlyInAnyOrder(
                        "SINGLE>MIRRORING",
                        "MIRRORING>SEALED",
                        "MIRRORING>SINGLE",
                        "SEALED>MIRRORING",
                        "SEALED>SWITCHED",
                        "SWITCHED>SEALED",
                        "SWITCHED>REVERSED",
                        "REVERSED>SWITCHED",
                        "REVERSED>SINGLE");
    }

    /** A crossing holds writes on the way, so it must be a step of its own. */
    @Test
    void readsMove_betweenSealedAndSwitchedOnly() {
        for (Phase from : Phase.values()) {
            for (Phase to : Phase.values()) {
                boolean moves = from.servesMigration() != to.servesMigration() && to != Phase.SINGLE;
                if (Transitions.isLegal(from, to) && moves) {
                    assertThat(from.crossesTo(to)).as("%s to %s", from, to).isTrue();
                }
            }
        }
    }

    @Test
    void stepThatSkipsAPhase_isNotPrepared() {
        CollectionState mirroring = CollectionState.initial("old")
                .register("a", 0)
                .prepare(Phase.MIRRORING, "new", 0, "")
                .answer(1, "a", "")
                .commit(1, CollectionState.Beginning.NONE);
        assertThatThrownBy(() -> mirroring.prepare(Phase.SWITCHED, null, 0, ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("MIRRORING")
                .hasMessageContaining("SWITCHED");
    }
}
