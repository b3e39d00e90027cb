package io.crossfade.proxy.driver.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.front.listen.EventLoops;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import io.grpc.Context;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What writes are said to be when the other side refuses, hangs or is gone. */
final class CrossfadeIndexFailureTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Space SPACE = new Space("s", "model", "", 2, Space.Metric.COSINE, false, "", "", 0);
    private static final IndexWrite GOOD = put("good", Map.of());

    private final SystemTime time = new SystemTime();
    private final OtherCrossfade other = new OtherCrossfade();

    @AfterEach
    void stop() {
        other.close();
        time.close();
    }

    @Test
    void oneBadDocument_isRejectedAloneOutOfABatch() {
        VectorIndex index = open();
        IndexWrite bad = put("bad", Map.of("_cf_reserved", Value.of(1)));

        List<Outcome> outcomes = index.write(List.of(GOOD, bad, put("a", Map.of()), put("b", Map.of())), TIMEOUT)
                .join();

        assertThat(outcomes.get(1))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("_cf_reserved"));
        assertThat(outcomes).filteredOn(Outcome.APPLIED::equals).hasSize(3);
        assertThat(index.count(null, TIMEOUT).join()).isEqualTo(3);
        index.close();
    }

    @Test
    void otherIsGone_writeFailsAndIsNotUnknown() {
        VectorIndex index = open();
        other.close();

        // The connection may not be known to be broken yet; then the first write says so.
        index.write(List.of(GOOD), TIMEOUT).join();
        List<Outcome> outcomes = index.write(List.of(GOOD), TIMEOUT).join();

        assertThat(outcomes).singleElement().isInstanceOf(Outcome.Failed.class);
        assertThatThrownBy(() -> index.count(null, TIMEOUT).join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.UNAVAILABLE));
        index.close();
    }

    @Test
    void noConnectionYet_readEndsAtItsDeadline() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            VectorIndex index = connect("127.0.0.1:" + silent.getLocalPort());

            assertThatThrownBy(() -> index.count(null, Duration.ofMillis(200)).join())
                    .cause()
                    .isInstanceOfSatisfying(
                            IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.DEADLINE));
            index.close();
        }
    }

    @Test
    void otherHangsAfterItTookTheWrite_writeIsUnknown() {
        VectorIndex index = open();
        other.fault(new Fault.Hang());

        List<Outcome> outcomes =
                index.write(List.of(GOOD), Duration.ofMillis(200)).join();

        assertThat(outcomes).singleElement().isInstanceOf(Outcome.Unknown.class);
        index.close();
    }

    @Test
    void applicationHasItsAnswerAlready_writeIsNotCancelled() throws Exception {
        VectorIndex index = open();
        other.fault(new Fault.Slow(Duration.ofMillis(200)));
        Context.CancellableContext application = Context.current().withCancellation();

        var outcomes = application.call(() -> index.write(List.of(GOOD), TIMEOUT));
        application.cancel(null);

        assertThat(outcomes.join()).containsExactly(Outcome.APPLIED);
        index.close();
    }

    @Test
    void engineThereCanNeverTakeIt_isRejectedHereToo() {
        VectorIndex index = open();
        other.fault(new Fault.Refuse(new Outcome.Rejected("too large for the engine")));

        assertThat(index.write(List.of(GOOD), TIMEOUT).join())
                .containsExactly(new Outcome.Rejected("too large for the engine"));
        index.close();
    }

    @Test
    void collectionUnknownThere_isAMismatch() {
        VectorIndex index = connect(other.address());

        assertThatThrownBy(() -> index.open().join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.MISMATCH));
        index.close();
    }

    @Test
    void unknownOption_isRefused() {
        assertThatThrownBy(() -> new CrossfadeIndexProvider()
                        .create(definition(Map.of("address", "x:1", "collection", "c", "colour", "red")), context()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("colour");
    }

    private VectorIndex open() {
        other.serve(definition(Map.of()));
        VectorIndex index = connect(other.address());
        index.open().join();
        return index;
    }

    private VectorIndex connect(String address) {
        return new CrossfadeIndexProvider()
                .create(definition(Map.of("address", address, "collection", "documents")), context());
    }

    /** Each event loop has a connection of its own, once something was answered on it: a call is answered where it was made. */
    @Test
    void calledOnAnEventLoop_isAnsweredOnTheSame() throws Exception {
        other.serve(definition(Map.of()));
        try (EventLoops loops = new EventLoops(2)) {
            VectorIndex index = new CrossfadeIndexProvider()
                    .create(
                            definition(Map.of("address", other.address(), "collection", "documents")),
                            new VectorIndexProvider.Context(
                                    Path.of("."), ForkJoinPool.commonPool(), loops.workers(), time));
            index.open().join();
            Set<Thread> seen = new HashSet<>();
            for (int i = 0; i < 2; i++) {
                Callable<CompletableFuture<Boolean>> write = () -> {
                    Thread loop = Thread.currentThread();
                    seen.add(loop);
                    return index.write(List.of(GOOD), TIMEOUT)
                            .thenApply(done -> done.get(0) == Outcome.APPLIED && Thread.currentThread() == loop);
                };
                EventExecutor loop = executors(loops).get(i);
                Awaitility.await().until(() -> loop.submit(write).get().join());
                for (int j = 0; j < 20; j++) {
                    assertThat(loop.submit(write).get().join()).isTrue();
                }
            }
            assertThat(seen).hasSize(2);
            index.close();
        }
    }

    private static List<EventExecutor> executors(EventLoops loops) {
        List<EventExecutor> each = new ArrayList<>();
        ((EventLoopGroup) loops.workers()).forEach(each::add);
        return each;
    }

    private VectorIndexProvider.Context context() {
        return new VectorIndexProvider.Context(Path.of("."), ForkJoinPool.commonPool(), time);
    }

    private static IndexDefinition definition(Map<String, Object> options) {
        return new IndexDefinition("documents", "crossfade", Map.of("", SPACE), TextSource.OWN, options);
    }

    private static IndexWrite put(String id, Map<String, Value> metadata) {
        return new IndexWrite.Put(
                new StoredDocument(Key.of(id), new Stamp(1, Map.of()), null, metadata, Map.of("", Embedding.of(1, 2))));
    }
}
