package io.crossfade.proxy.driver.crossfade;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Outcome;
import io.crossfade.v1.WriteResult;
import io.crossfade.v1.WriteResult.Leader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RemoteOutcomeTest {
    /** What is not said, or said in words of a later version, may have been applied. */
    @ParameterizedTest
    @EnumSource
    void outcomeThere_isTheOutcomeHere(Leader leader) {
        Outcome expected = switch (leader) {
            case LEADER_APPLIED -> Outcome.APPLIED;
            case LEADER_NOT_FOUND -> Outcome.NOT_FOUND;
            case LEADER_FAILED, LEADER_NOT_MATCHED -> new Outcome.Failed("why");
            case LEADER_REJECTED -> new Outcome.Rejected("why");
            case LEADER_UNKNOWN, LEADER_UNSPECIFIED, UNRECOGNIZED -> new Outcome.Unknown("why");
        };

        assertThat(RemoteWriter.outcome(result(leader))).isEqualTo(expected);
    }

    private static WriteResult result(Leader leader) {
        WriteResult.Builder result = WriteResult.newBuilder().setError("why");
        return leader == Leader.UNRECOGNIZED
                ? result.setLeaderValue(77).build()
                : result.setLeader(leader).build();
    }
}
