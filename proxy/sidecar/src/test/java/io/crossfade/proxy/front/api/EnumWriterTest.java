package io.crossfade.proxy.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ProtocolMessageEnum;
import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.proxy.write.journal.MarkRecord;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.Metric;
import io.crossfade.v1.PendingKey;
import io.crossfade.v1.WriteResult;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class EnumWriterTest {
    @Test
    void phases_areThoseOfTheApi() {
        assertOneToOne(Phase.class, EnumWriter::write, io.crossfade.v1.Phase.class);
    }

    @Test
    void metrics_areThoseOfTheApi() {
        assertOneToOne(Space.Metric.class, EnumWriter::write, Metric.class);
    }

    @Test
    void outcomesOnTheLeader_areThoseOfTheApi() {
        assertOneToOne(WriteReply.Leader.class, EnumWriter::write, WriteResult.Leader.class);
    }

    @Test
    void outcomesOnTheFollower_areThoseOfTheApi() {
        assertOneToOne(WriteReply.Follower.class, EnumWriter::write, WriteResult.Follower.class);
    }

    @Test
    void statesOfTheBreaker_areThoseOfTheApi() {
        assertOneToOne(Status.Breaker.State.class, EnumWriter::write, BreakerStatus.State.class);
    }

    @Test
    void kindsOfDifferences_areThoseOfTheApi() {
        assertOneToOne(Difference.Kind.class, EnumWriter::write, io.crossfade.v1.Difference.Kind.class);
    }

    @Test
    void causesOfMarks_areThoseOfTheApi() {
        assertOneToOne(MarkRecord.Kind.class, EnumWriter::write, PendingKey.Cause.class);
    }

    @Test
    void blockers_areThoseOfTheApi() {
        assertOneToOne(Blocker.Code.class, EnumWriter::write, io.crossfade.v1.Blocker.Code.class);
    }

    /** Each value has a value of the same name in the API, and each of those but UNSPECIFIED is one of them. */
    private static <M extends Enum<M>, W extends Enum<W> & ProtocolMessageEnum> void assertOneToOne(
            Class<M> model, Function<M, W> write, Class<W> wire) {
        for (M value : model.getEnumConstants()) {
            assertThat(ShortNames.of(write.apply(value))).isEqualTo(value.name());
        }
        Set<String> neverSent = Set.of("UNSPECIFIED", "UNRECOGNIZED");
        assertThat(Arrays.stream(wire.getEnumConstants()).map(value -> ShortNames.of(value)))
                .filteredOn(name -> !neverSent.contains(name))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(model.getEnumConstants()).map(Enum::name).toList());
    }
}
