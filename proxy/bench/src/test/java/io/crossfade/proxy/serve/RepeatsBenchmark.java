package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.time.SystemTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a {@code write_id} adds to the write of a document of 3 KiB, with as many answers kept as there is room for: the
 * difference between the two. The hash alone is part of it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class RepeatsBenchmark {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final List<WriteOp> WRITES = List.of(new WriteOp.Upsert(new Document(
            Key.of("sku-123456"),
            "a text of a thousand and some characters ".repeat(33),
            List.of(new NamedVector("", "minilm", Embedding.of(new float[384]))),
            Map.of("price", Value.of(59), "title", Value.of("red running shoe")),
            null)));
    private static final WriteReply REPLY = new WriteReply(
            List.of(new WriteReply.Result(
                    Key.of("sku-123456"),
                    115_000_000_000_000_000L,
                    WriteReply.Leader.APPLIED,
                    WriteReply.Follower.APPLIED,
                    "",
                    false)),
            5_000);

    private final SystemTime time = new SystemTime();
    private final Repeats repeats = new Repeats(time, new WriteIdSettings(Duration.ofMinutes(1), 32 << 20));
    private final AtomicLong calls = new AtomicLong();

    private record Call(String writeId) implements Repeatable {
        @Override
        public long content() {
            return ContentHash.of(WRITES);
        }

        @Override
        public List<Key> keys() {
            return List.of(Key.of("sku-123456"));
        }

        @Override
        public CompletableFuture<WriteReply> begin(Duration timeout) {
            return CompletableFuture.completedFuture(REPLY);
        }

        @Override
        public CompletableFuture<WriteReply> goOn(WriteReply before, Duration timeout) {
            return begin(timeout);
        }
    }

    @TearDown
    public void tearDown() {
        time.close();
    }

    private String nextId() {
        return "b7a1c0de-0000-4000-8000-" + (100_000_000_000L + calls.incrementAndGet());
    }

    @Benchmark
    public Object withoutId() {
        nextId();
        return repeats.once(new Call(""), TIMEOUT);
    }

    @Benchmark
    public Object withId() {
        return repeats.once(new Call(nextId()), TIMEOUT);
    }

    @Benchmark
    public long hash() {
        return ContentHash.of(WRITES);
    }
}
