package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Collections;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.front.Listeners;
import io.crossfade.proxy.front.listen.EventLoops;
import io.crossfade.proxy.front.listen.Health;
import io.crossfade.proxy.front.listen.ListenAddress;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.kit.memory.FaultyIndex;
import io.crossfade.proxy.kit.memory.MemoryIndexProvider;
import io.crossfade.proxy.read.Reader;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.QueryUse;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WriteGate;
import io.crossfade.proxy.serve.Descriptions;
import io.crossfade.proxy.serve.Repeats;
import io.crossfade.proxy.serve.ServedCollection;
import io.crossfade.proxy.serve.WriteIdSettings;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.proxy.write.Lanes;
import io.crossfade.proxy.write.SingleWriter;
import io.crossfade.proxy.write.Tenure;
import io.crossfade.proxy.write.Writer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;

/** A sidecar with its real front, read path and write path over indexes in memory, served on a free port. */
final class OtherCrossfade implements Collections, AutoCloseable {
    private static final ListenAddress ANY_PORT = ListenAddress.parse("127.0.0.1:0");

    private static final int MESSAGE_BYTES = 32 << 20;
    private static final Description.Limits LIMITS =
            new Description.Limits(1000, 1000, 1 << 20, 256 << 10, 512, MESSAGE_BYTES, 10_000);

    private final SystemTime time = new SystemTime();
    private final Map<String, Collection> collections = new ConcurrentHashMap<>();
    private final List<FaultyIndex> indexes = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final EventLoops loops = new EventLoops(1);
    private final Listeners listeners;

    OtherCrossfade() {
        Listeners.Settings settings = new Listeners.Settings(
                ANY_PORT,
                ANY_PORT,
                ANY_PORT,
                MESSAGE_BYTES,
                new Listeners.Limits(1_000, 1_000, 1_000, 64 << 20),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofMillis(100));
        try {
            listeners = new Listeners(
                    settings, this, List.of(), new Listeners.OpsPages(() -> "", () -> ""), new Health(), loops, time);
            listeners.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + listeners.dataPort();
    }

    /** A collection of the index's name over an index like it, unless there is one of that name. */
    void serve(IndexDefinition definition) {
        collections.computeIfAbsent(definition.name(), name -> collection(definition));
    }

    /** From now on its engines do this. */
    void fault(Fault fault) {
        indexes.forEach(index -> index.plan(FaultPlan.always(fault)));
    }

    private Collection collection(IndexDefinition definition) {
        VectorIndexProvider.Context context =
                new VectorIndexProvider.Context(Path.of("."), ForkJoinPool.commonPool(), time);
        VectorIndex index = new MemoryIndexProvider().create(definition, context);
        index.open().join();
        FaultyIndex faulty = new FaultyIndex(index, time, Duration.ZERO);
        indexes.add(faulty);
        Participant participant = new Participant(definition, faulty, Map.of());
        CurrentRoute current = new CurrentRoute(new Route.Single(
                definition.name(), 1, participant, false, new SingleWriter(new Lanes(), time, Tenure.SURE)));
        Feeding feeding = new Feeding(time);
        return new ServedCollection(
                current,
                new Descriptions(List.of(), LIMITS),
                new Writer(current, new WriteGate(time, Duration.ofSeconds(2), 1000), time),
                new Reader(current, feeding, time, (route, query, hits, nanos) -> {}),
                new Repeats(time, new WriteIdSettings(Duration.ofMinutes(1), 1 << 20)),
                new QueryUse(time),
                time);
    }

    @Override
    public Collection get(String name) {
        Collection collection = collections.get(name);
        if (collection == null) {
            throw new CallException(CallException.Kind.NOT_FOUND, "collection: " + name);
        }
        return collection;
    }

    @Override
    public List<String> names() {
        return List.copyOf(collections.keySet());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            listeners.stop();
            loops.close();
            time.close();
        }
    }
}
