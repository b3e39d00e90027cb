package io.crossfade.proxy.harness;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.FilterSupport;
import io.crossfade.proxy.index.GuardedIndex;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.SplitIndex;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.memory.FaultyIndex;
import io.crossfade.proxy.kit.memory.MemoryIndex;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.route.Participant;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** An engine with one index; it outlives the processes that use it. */
public final class Engine {
    /** How long after a timeout a request may still take effect. */
    public static final Duration SETTLE = Duration.ofMillis(500);

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private IndexDefinition definition;
    private final MemoryStore store = new MemoryStore();
    private final FakeTime time;
    private final MemoryIndex unfailing;
    private boolean normalises;
    private int most;
    private int threads;
    private Set<Filter.Operator> operators = Set.of();
    private FilterSupport filters = FilterSupport.EVERY;

    public Engine(IndexDefinition definition, FakeTime time) {
        this.definition = definition;
        this.time = time;
        this.unfailing = new MemoryIndex(definition, store, Runnable::run, time);
    }

    public static Engine of(String name, Space space, TextSource text, FakeTime time) {
        return new Engine(new IndexDefinition(name, "memory", Map.of("", space), text, Map.of()), time);
    }

    /**
     * Its metric is the cosine.
     *
     * @param normalising it keeps the direction of vectors only
     */
    public void cosine(boolean normalising) {
        normalises = normalising;
        Map<String, Space> cosine = new TreeMap<>();
        definition.vectors().forEach((field, space) -> cosine.put(field, cosine(space)));
        definition = new IndexDefinition(
                definition.name(), definition.driver(), cosine, definition.text(), definition.options());
    }

    /** It takes so many documents a call. */
    public void narrow(int documents) {
        most = documents;
    }

    /** Its driver blocks, on so many threads a process. */
    public void blocking(int driverThreads) {
        threads = driverThreads;
    }

    /** It says that it answers these filters only, and takes no settings of a search. */
    public void answers(Set<Filter.Operator> comparisons, FilterSupport verdict) {
        operators = comparisons;
        filters = verdict;
    }

    private static Space cosine(Space space) {
        return new Space(space.name(), space.model(), "", space.dimensions(), Space.Metric.COSINE, false, "", "", 0);
    }

    public static Space space(String name) {
        return new Space(name, name, "", 2, Space.Metric.L2, false, "", "", 0);
    }

    /** One process's way to the engine. */
    public record Connection(
            Participant participant, FaultyIndex faults, GatedIndex gate, BooleanSupplier holdsThreads) {
        /** Whether its driver blocks, and a call that was given up has not ended. */
        public boolean isBusy() {
            return holdsThreads.getAsBoolean();
        }
    }

    public Connection connect(Life life, Map<String, Embedder> embedders) {
        VectorIndex index = new MemoryIndex(definition, store, Runnable::run, time);
        if (normalises) {
            index = new NormalisingIndex(index);
        }
        if (!operators.isEmpty()) {
            index = new PickyIndex(index, operators, filters, ParamSupport.NONE);
        }
        if (most > 0) {
            index = new NarrowIndex(index, most);
        }
        FaultyIndex faults = new FaultyIndex(index, life.landing(time, SETTLE), SETTLE);
        GatedIndex gate = new GatedIndex(faults, life, Duration.ZERO);
        PooledIndex pool = new PooledIndex(gate, threads, life.time(time));
        VectorIndex driver = threads > 0 ? pool : gate;
        VectorIndex driven = new SplitIndex(new GuardedIndex(definition.name(), driver, life.time(time)));
        return new Connection(new Participant(definition, driven, embedders), faults, gate, pool::isBusy);
    }

    /** What it holds now, to be restored some time. */
    public MemoryStore.Copy copy() {
        return store.copy();
    }

    /** It is not what it was: emptied, restored from a copy, or failed over to one that lagged behind. */
    public void restore(MemoryStore.Copy copy) {
        store.restore(copy);
    }

    public String name() {
        return definition.name();
    }

    /** Of its vectors. */
    public Space space() {
        return definition.vectors().values().iterator().next();
    }

    /** What sidecars have noted on the index itself. */
    public Map<String, String> attributes() {
        return unfailing.attributes(TIMEOUT).join();
    }

    /** What it holds under a key; null if nothing. */
    public @Nullable StoredDocument document(Key key) {
        return unfailing.fetch(List.of(key), Projection.ALL, TIMEOUT).join().get(key);
    }

    /** Somebody writes around all sidecars: the vector alone, and all else stays as it was. */
    public void changeVector(Key key, Embedding vector) {
        StoredDocument stands = Objects.requireNonNull(document(key), "document");
        var unused = unfailing.write(
                List.of(new IndexWrite.Put(
                        new StoredDocument(key, stands.stamp(), stands.text(), stands.metadata(), Map.of("", vector)))),
                TIMEOUT);
    }

    /** All that it holds. */
    public Map<Key, StoredDocument> contents() {
        Map<Key, StoredDocument> all = new TreeMap<>();
        unfailing
                .scan(new ScanQuery("", null, null, Projection.ALL, Integer.MAX_VALUE), TIMEOUT)
                .join()
                .documents()
                .forEach(document -> all.put(document.key(), document));
        return all;
    }
}
