package io.crossfade.proxy.front;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Collections;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.Description.Limits;
import io.crossfade.proxy.collection.Description.SpaceUse;
import io.crossfade.proxy.front.listen.EventLoops;
import io.crossfade.proxy.front.listen.Health;
import io.crossfade.proxy.front.listen.ListenAddress;
import io.crossfade.proxy.model.Filter.Operator;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The real listeners on free ports, over collections that live in maps. */
final class Fixture implements Collections, AutoCloseable {
    static final int MESSAGE_BYTES = 4 << 20;
    static final Space MINILM = space("minilm");
    static final Space BGE = space("bge");
    static final Space RAW_MINILM = space("raw-minilm");
    static final Space RAW_BGE = space("raw-bge");
    static final Space IDLE = space("idle");
    static final Limits LIMITS = new Limits(1000, 1000, 65536, 4096, 512, MESSAGE_BYTES, 10);

    /** As after a flip: the new space leads and serves, both have an embedder. */
    final MapCollection products = new MapCollection(described("products", true, List.of(), 3));

    /** No embedder: vectors only. */
    final MapCollection raw = new MapCollection(described("raw", false, List.of(), 3));

    /** Its text is made of metadata. */
    final MapCollection views = new MapCollection(described("views", true, List.of("title", "body"), 3));

    private final Map<String, MapCollection> byName =
            new TreeMap<>(Map.of("products", products, "raw", raw, "views", views));
    private final SystemTime time = new SystemTime();
    final Health health = new Health();
    private final EventLoops loops = new EventLoops(2);
    final Listeners listeners;
    final ManagedChannel channel;

    Fixture() throws IOException {
        this("127.0.0.1:0", 64);
    }

    Fixture(String data, int callsInFlight) throws IOException {
        this(data, callsInFlight, List.of());
    }

    Fixture(String data, int callsInFlight, List<? extends BindableService> adminServices) throws IOException {
        Listeners.Settings settings = new Listeners.Settings(
                ListenAddress.parse(data),
                ListenAddress.parse("127.0.0.1:0"),
                ListenAddress.parse("127.0.0.1:0"),
                MESSAGE_BYTES,
                new Listeners.Limits(callsInFlight, 1_000, 1_000, 64 << 20),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));
        listeners = new Listeners(
                settings, this, adminServices, new Listeners.OpsPages(() -> "up 1\n", () -> "{}"), health, loops, time);
        listeners.start();
        health.watch(List::of);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", Math.max(1, listeners.dataPort()))
                .usePlaintext()
                .maxInboundMessageSize(32 << 20)
                .build();
    }

    private static Space space(String name) {
        return new Space(name, name + "-model", "", 4, Space.Metric.COSINE, false, "", "", 0);
    }

    static Description described(String name, boolean embeds, List<String> textFields, long epoch) {
        return new Description(
                name,
                epoch,
                Phase.REVERSED,
                name + "-v2",
                List.of(
                        new SpaceUse(name + "-v1", "", embeds ? MINILM : RAW_MINILM, false, false, embeds),
                        new SpaceUse(name + "-v2", "", embeds ? BGE : RAW_BGE, true, true, embeds)),
                List.of(IDLE),
                LIMITS,
                true,
                EnumSet.complementOf(EnumSet.of(Operator.CONTAINS_ANY)),
                textFields);
    }

    VectorServiceGrpc.VectorServiceBlockingStub vectors() {
        return VectorServiceGrpc.newBlockingStub(channel);
    }

    @Override
    public Collection get(String name) {
        Collection collection = byName.get(name);
        if (collection == null) {
            throw new CallException(
                    CallException.Kind.NOT_FOUND, "collection: " + name + " (expected: one of " + names() + ")");
        }
        return collection;
    }

    @Override
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    @Override
    public void close() {
        channel.shutdownNow();
        listeners.stop();
        loops.close();
        time.close();
    }
}
