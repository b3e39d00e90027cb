package io.crossfade.proxy;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.config.ThreadSettings;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbedderChain;
import io.crossfade.proxy.embed.EmbedderProvider;
import io.crossfade.proxy.embed.EmbedderSettings;
import io.crossfade.proxy.embed.EmbedderStats;
import io.crossfade.proxy.embed.LoadingEmbedder;
import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.GuardedIndex;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.PatientIndex;
import io.crossfade.proxy.index.SplitIndex;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.migration.member.Participants;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.plugin.Plugins;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.OwnThreads;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Opens indexes and embedders when they are first needed, each once. A failed opening is forgotten, so that the next
 * call tries again. Guarded by this object's lock; nothing is waited for under it.
 */
final class OpenIndexes implements Participants, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** What an embedder uses of them is bounded by its requests under way. */
    private static final int MODEL_THREADS = Math.max(4, Runtime.getRuntime().availableProcessors() * 2);

    private static final int MODEL_QUEUE = 1_000;

    private final CrossfadeConfig config;
    private final Plugins plugins;
    private final ScheduledExecutorService loops;
    private final Time time;
    private final Map<String, CompletableFuture<Participant>> indexes = new HashMap<>();
    private final Map<String, LoadingEmbedder> embedders = new ConcurrentHashMap<>();
    private final Map<String, OwnThreads> threads = new ConcurrentHashMap<>();

    /**
     * @param loops that drivers may use, and must not block
     */
    OpenIndexes(CrossfadeConfig config, Plugins plugins, ScheduledExecutorService loops, Time time) {
        this.config = config;
        this.plugins = plugins;
        this.loops = loops;
        this.time = time;
    }

    @Override
    public CompletableFuture<Participant> open(String name) {
        return attach(name)
                .thenCompose(participant -> participant.index().open().thenApply(opened -> participant));
    }

    @Override
    public CompletableFuture<Participant> create(String name, List<FilterKey> keys) {
        return attach(name)
                .thenCompose(participant -> participant.index().create(keys).thenApply(opened -> participant));
    }

    @Override
    public synchronized CompletableFuture<Participant> attach(String name) {
        CompletableFuture<Participant> known = indexes.get(name);
        if (known != null && !known.isCompletedExceptionally()) {
            return known;
        }
        CompletableFuture<Participant> opening;
        try {
            opening = made(config.index(name));
        } catch (IllegalArgumentException e) {
            opening = CompletableFuture.failedFuture(
                    new CallException(CallException.Kind.NOT_FOUND, String.valueOf(e.getMessage()), e));
        } catch (RuntimeException e) {
            opening = CompletableFuture.failedFuture(e);
        }
        indexes.put(name, opening);
        return opening;
    }

    private CompletableFuture<Participant> made(IndexDefinition definition) {
        Map<String, Embedder> byField = new HashMap<>();
        definition.vectors().forEach((field, space) -> {
            Embedder embedder = embedder(space);
            if (embedder != null) {
                byField.put(field, embedder);
            }
        });
        ThreadSettings settings = config.threads(definition.name());
        OwnThreads own = threads(
                definition.name() + "-driver",
                "indexes." + definition.name() + ".threads",
                settings.most(),
                settings.queue());
        VectorIndex driver = plugins.driver(definition.driver())
                .create(definition, new VectorIndexProvider.Context(config.dataDir(), own, loops, time));
        VectorIndex index = new SplitIndex(new GuardedIndex(definition.name(), driver, time));
        return opened(index).handle((opened, failed) -> {
            if (failed == null) {
                return new Participant(definition, index, byField);
            } else if (mayComeBack(index, failed)) {
                return new Participant(definition, new PatientIndex(index, failed, time), byField);
            }
            index.close();
            own.close();
            throw new CompletionException(failed);
        });
    }

    /** Threads that nobody else has any of; those of an earlier try to open the same thing end. */
    private OwnThreads threads(String name, String owner, int most, int queue) {
        OwnThreads own = new OwnThreads("crossfade-" + name, owner, most, queue);
        OwnThreads earlier = threads.put(name, own);
        if (earlier != null) {
            earlier.close();
        }
        return own;
    }

    /**
     * Opens an index. An engine that hangs soon counts as away: it must not keep the sidecar from serving from the
     * other one.
     */
    private CompletableFuture<Void> opened(VectorIndex index) {
        CompletableFuture<Void> opening = index.open();
        if (index.capabilities().embedded()) {
            return opening;
        }
        return time.within(
                PATIENCE,
                opening,
                () -> new IndexException(
                        IndexException.Kind.DEADLINE, "open: no answer (expected: one within " + PATIENCE + ")"));
    }

    /** Whether it may be there later: once its engine is back, or, if the index is missing, once somebody has it made. */
    private static boolean mayComeBack(VectorIndex index, Throwable failed) {
        if (!(Cause.of(failed) instanceof IndexException why)) {
            return false;
        }
        return switch (why.kind()) {
            case MISSING -> true;
            case UNAVAILABLE, DEADLINE -> !index.capabilities().embedded();
            case EXHAUSTED, INVALID, MISMATCH, INTERNAL -> false;
        };
    }

    private @Nullable Embedder embedder(Space space) {
        EmbedderSettings embedder = config.embedder(space.name());
        return embedder == null ? null : embedders.computeIfAbsent(space.name(), name -> loading(space, embedder));
    }

    private LoadingEmbedder loading(Space space, EmbedderSettings embedder) {
        OwnThreads own =
                threads(space.name() + "-model", "spaces." + space.name() + ".embedder", MODEL_THREADS, MODEL_QUEUE);
        return new LoadingEmbedder(
                space.name(),
                () -> EmbedderChain.create(
                        space, embedder.type(), embedder.options(), new EmbedderProvider.Context(own, time)),
                own,
                time);
    }

    /** The figures, by space, of the embedders that are loaded; takes no lock. */
    Map<String, EmbedderStats> embedderStats() {
        Map<String, EmbedderStats> stats = new HashMap<>();
        embedders.forEach((space, embedder) -> embedder.stats().ifPresent(known -> stats.put(space, known)));
        return stats;
    }

    @Override
    public Set<String> names() {
        return config.indexes().keySet();
    }

    @Override
    public synchronized void close() {
        indexes.values()
                .forEach(opening -> Branches.take(opening, (participant, failed) -> {
                    if (participant != null) {
                        participant.index().close();
                    }
                }));
        embedders.values().forEach(Embedder::close);
        threads.values().forEach(OwnThreads::close);
    }
}
