package io.crossfade.proxy.observe;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.time.SystemTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What being measured adds to a write of one document: the difference between the two. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class MetricsBenchmark {
    private static final WriteCall CALL = WriteCall.of();

    private final SystemTime time = new SystemTime();
    private final Metrics metrics = new Metrics(time);
    private Collection bare = collection();
    private Collection measured = bare;

    @Setup
    public void setUp() {
        measured = metrics.of("products").measured(bare);
    }

    @TearDown
    public void tearDown() {
        metrics.close();
        time.close();
    }

    private static Collection collection() {
        WriteReply reply = new WriteReply(
                List.of(new WriteReply.Result(
                        Key.of("a"), 0, WriteReply.Leader.APPLIED, WriteReply.Follower.NONE, "", false)),
                1);
        return (Collection) Proxy.newProxyInstance(
                Collection.class.getClassLoader(),
                new Class<?>[] {Collection.class},
                (self, method, arguments) -> CompletableFuture.completedFuture(reply));
    }

    @Benchmark
    public CompletableFuture<WriteReply> bare() {
        return bare.write(CALL, Duration.ZERO);
    }

    @Benchmark
    public CompletableFuture<WriteReply> measured() {
        return measured.write(CALL, Duration.ZERO);
    }
}
