package io.crossfade.proxy.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.Comparison;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.Difference;
import io.crossfade.v1.MemberStatus;
import io.crossfade.v1.Phase;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.StartMigrationRequest.Mode;
import org.junit.jupiter.api.Test;

final class ApiJsonTest {
    private static final CollectionStatus STATUS = CollectionStatus.newBuilder()
            .setCollection("PHASE_MIRRORING")
            .setPhase(Phase.PHASE_MIRRORING)
            .setSteppingTo(Phase.PHASE_SEALED)
            .setBackfill(BackfillStatus.newBuilder().setState(BackfillStatus.State.STATE_DONE))
            .addMembers(MemberStatus.newBuilder()
                    .setBreaker(BreakerStatus.newBuilder().setState(BreakerStatus.State.STATE_HALF_OPEN)))
            .addBlockers(
                    Blocker.newBuilder().setCode(Blocker.Code.CODE_NOT_VERIFIED).setDetail("CODE_NOT_VERIFIED"))
            .build();

    @Test
    void enumValues_haveShortNamesAtEachDepth() throws Exception {
        JsonNode json = new JsonMapper().readTree(ApiJson.pretty(STATUS));

        assertThat(json.at("/phase").asText()).isEqualTo("MIRRORING");
        assertThat(json.at("/steppingTo").asText()).isEqualTo("SEALED");
        assertThat(json.at("/backfill/state").asText()).isEqualTo("DONE");
        assertThat(json.at("/members/0/breaker/state").asText()).isEqualTo("HALF_OPEN");
        assertThat(json.at("/blockers/0/code").asText()).isEqualTo("NOT_VERIFIED");
    }

    @Test
    void enumValuesInListsAndMaps_haveShortNames() {
        assertThat(ApiJson.line(DescribeCollectionResponse.newBuilder()
                        .addFilterOperators(Comparison.Operator.OPERATOR_EQ)
                        .addFilterOperators(Comparison.Operator.OPERATOR_NOT_IN)
                        .build()))
                .contains("\"filterOperators\":[\"EQ\",\"NOT_IN\"]");
        assertThat(ApiJson.line(StartMigrationRequest.newBuilder()
                        .putModes("title", Mode.MODE_CARRY)
                        .build()))
                .contains("\"modes\":{\"title\":\"CARRY\"}");
    }

    @Test
    void textThatLooksLikeAnEnumValue_isLeftAlone() throws Exception {
        JsonNode json = new JsonMapper().readTree(ApiJson.line(STATUS));

        assertThat(json.at("/collection").asText()).isEqualTo("PHASE_MIRRORING");
        assertThat(json.at("/blockers/0/detail").asText()).isEqualTo("CODE_NOT_VERIFIED");
    }

    @Test
    void valueOfALaterVersion_isItsNumber() {
        assertThat(ApiJson.line(Difference.newBuilder().setKindValue(77).build()))
                .contains("\"kind\":77");
    }

    @Test
    void fieldsWithADefault_areThere_andThoseThatAreUnsetAreNot() {
        assertThat(ApiJson.line(CollectionStatus.getDefaultInstance()))
                .contains("\"phase\":\"UNSPECIFIED\"", "\"epoch\":\"0\"", "\"members\":[]")
                .doesNotContain("steppingTo", "backfill");
    }

    @Test
    void line_isOneLine() {
        assertThat(ApiJson.line(STATUS)).doesNotContain("\n");
        assertThat(ApiJson.pretty(STATUS)).contains("\n");
    }
}
