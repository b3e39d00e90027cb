package io.crossfade.proxy.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.identity.Looks;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.MemberStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class StatusWriterTest {
    @Test
    void withoutAMigration_whatThereIsNotIsUnset() {
        CollectionStatus status = StatusWriter.write(status(Phase.SINGLE));

        assertThat(status.hasBackfill()).isFalse();
        assertThat(status.hasSteppingTo()).isFalse();
        assertThat(status.hasLastVerify()).isFalse();
    }

    @Test
    void backfillThatHasNotBegun_isWaiting() {
        assertThat(StatusWriter.write(status(Phase.MIRRORING)).getBackfill().getState())
                .isEqualTo(BackfillStatus.State.STATE_WAITING);
    }

    @Test
    void ofOtherMembers_onlyNameAndEpochAreSet() {
        assertThat(StatusWriter.write(status(Phase.MIRRORING)).getMembersList())
                .filteredOn(member -> member.getMember().equals("other"))
                .containsExactly(MemberStatus.newBuilder()
                        .setMember("other")
                        .setAppliedEpoch(6)
                        .build());
    }

    private static Status status(Phase phase) {
        CollectionState state = new CollectionState(
                7,
                phase,
                "v1",
                phase == Phase.SINGLE ? null : "v2",
                0,
                null,
                Map.of("me", new CollectionState.Member(7, 0, 1), "other", new CollectionState.Member(6, 0, 2)),
                5,
                Map.of(),
                Map.of(),
                List.of(),
                0,
                0);
        Status.Breaker breaker = new Status.Breaker(Status.Breaker.State.CLOSED, 0, 0, 0, 0);
        return new Status(
                "products",
                state,
                Optional.empty(),
                Optional.of("progress not read yet"),
                OptionalDouble.empty(),
                0,
                Optional.empty(),
                new ShadowReads.Report(0, 0, 0, 0, 0, 0, new double[0], new double[0], 0, 0),
                new Status.Local(
                        "me", 7, 0, 0, 0, 0, 0, Optional.empty(), breaker, 0, Status.Held.NONE, Looks.Report.NONE),
                List.of());
    }
}
