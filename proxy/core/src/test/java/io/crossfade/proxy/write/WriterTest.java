package io.crossfade.proxy.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WriterTest {
    private static final Key KEY = Key.of("1");
    private static final Key OTHER = Key.of("2");

    @TempDir
    Path directory;

    private Pair pair;

    @BeforeEach
    void begin() {
        pair = new Pair(directory).begin(Phase.MIRRORING);
    }

    private CompletableFuture<WriteReply> write(String writeId, WriteOp... ops) {
        var reply = Objects.requireNonNull(pair.writer()).write(new WriteCall(List.of(ops), writeId, ""), Pair.TIMEOUT);
        pair.settle();
        return reply;
    }

    @Test
    void repeatedWrite_isOneWrite() {
        var first = write("w1", Docs.put(KEY, "a", "x"));
        write("w2", Docs.put(KEY, "a", "y"));
        var again = write("w1", Docs.put(KEY, "a", "x"));
        assertThat(again.join()).isEqualTo(first.join());
        assertThat(Docs.value(pair.onPrimary(KEY))).isEqualTo("y");
    }

    @Test
    void partOfABatchFailed_isTriedAgainWhenRepeated() {
        pair.toPrimary()
                .faults()
                .plan(FaultPlan.onWrite(
                        0,
                        new Fault.Refuse(
                                new Outcome.Failed("busy"), write -> write.key().equals(KEY))));
        var first = write("w1", Docs.put(KEY, "a", "x"), Docs.put(OTHER, "a", "y"));
        assertThat(first.join().results().get(0).leader()).isEqualTo(WriteReply.Leader.FAILED);
        var again = write("w1", Docs.put(KEY, "a", "x"), Docs.put(OTHER, "a", "y"));
        assertThat(again.join().results().get(0).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        assertThat(Docs.value(pair.onPrimary(KEY))).isEqualTo("x");
    }
}
