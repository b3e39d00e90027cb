package io.crossfade.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.v1.WriteResult.Follower;
import io.crossfade.v1.WriteResult.Leader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WriteResultTest {
    @ParameterizedTest
    @CsvSource({
        "LEADER_APPLIED, APPLIED",
        "LEADER_NOT_FOUND, NOT_FOUND",
        "LEADER_FAILED, FAILED",
        "LEADER_UNKNOWN, UNKNOWN",
        "LEADER_REJECTED, REJECTED",
        "LEADER_NOT_MATCHED, NOT_MATCHED",
        "LEADER_UNSPECIFIED, UNKNOWN"
    })
    void leader_isRead(Leader sent, WriteResult.Leader read) {
        assertThat(WriteResult.of(io.crossfade.v1.WriteResult.newBuilder()
                                .setLeader(sent)
                                .build())
                        .leader())
                .isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource({
        "FOLLOWER_NONE, NONE",
        "FOLLOWER_APPLIED, APPLIED",
        "FOLLOWER_PENDING, PENDING",
        "FOLLOWER_PARKED, PARKED",
        "FOLLOWER_UNSPECIFIED, NONE"
    })
    void follower_isRead(Follower sent, WriteResult.Follower read) {
        assertThat(WriteResult.of(io.crossfade.v1.WriteResult.newBuilder()
                                .setFollower(sent)
                                .build())
                        .follower())
                .isEqualTo(read);
    }
}
