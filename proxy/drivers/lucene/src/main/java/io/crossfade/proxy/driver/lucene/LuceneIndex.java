package io.crossfade.proxy.driver.lucene;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.OwnThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The driver's face: hands writes to the writer thread and reads to its own readers. */
final class LuceneIndex implements VectorIndex {
    private static final int MAX_BATCH = 1000;

    /** How long a write may still take effect: one that has begun ends when the disk answers. */
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private static final Capabilities CAPABILITIES =
            new Capabilities(EnumSet.allOf(Filter.Operator.class), MAX_BATCH, SETTLE, true);

    private static final int LEAST_READERS = 2;
    private static final int MOST_WAITING = 4096;
    private static final Duration LAST_READS = Duration.ofSeconds(30);

    private final IndexDefinition definition;
    private final LuceneIndexSettings config;
    private final VectorIndexProvider.Context context;
    /** One thread per core, at least two. */
    private final OwnThreads readers;

    private volatile @Nullable Engine engine;

    @GuardedBy("this")
    private boolean closed;

    LuceneIndex(IndexDefinition definition, LuceneIndexSettings config, VectorIndexProvider.Context context) {
        this.definition = definition;
        this.config = config;
        this.context = context;
        this.readers = new OwnThreads(
                "crossfade-" + definition.name() + "-read",
                "index " + definition.name(),
                Math.max(LEAST_READERS, Runtime.getRuntime().availableProcessors()),
                MOST_WAITING);
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CompletableFuture<Void> open() {
        return CompletableFuture.runAsync(this::openOnce, context.blocking());
    }

    private synchronized void openOnce() {
        if (closed) {
            throw new IndexException(IndexException.Kind.UNAVAILABLE, "index " + definition.name() + ": closed");
        }
        if (engine == null) {
            DataDirectory directory = new DataDirectory(
                    definition.name(), context.dataDirectory().resolve(config.path(definition.name())));
            engine = Engine.open(definition, config, directory, context.time());
        }
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        TimedCall<List<Outcome>> call = TimedCall.write(context.time(), timeout, writes.size());
        Engine open = engine;
        if (open == null) {
            call.giveUp(notOpen());
        } else {
            open.writes().add(writes, call);
        }
        return call.future();
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return read(timeout, open -> open.fetch(keys, wanted));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return read(timeout, open -> open.searcher().query(query));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return read(timeout, open -> PageReader.read(open.store(), query));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return read(
                timeout,
                open -> filter == null ? open.writes().count() : open.searcher().count(filter));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return read(timeout, Engine::attributes);
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return read(timeout, open -> {
                    open.setAttribute(name, value);
                    return true;
                })
                .thenAccept(done -> {});
    }

    private <T> CompletableFuture<T> read(Duration timeout, Read<T> read) {
        return TimedCall.<T>read(context.time(), timeout).run(readers, () -> {
            Engine open = engine;
            if (open == null) {
                throw notOpen();
            }
            try {
                return read.from(open);
            } catch (IOException e) {
                throw new IndexException(IndexException.Kind.INTERNAL, "search index: " + e, e);
            }
        });
    }

    /** How many acknowledged changes are not in Lucene yet. */
    int backlog() {
        Engine open = engine;
        return open == null ? 0 : open.backlog();
    }

    private IndexException notOpen() {
        return new IndexException(
                IndexException.Kind.UNAVAILABLE, "index " + definition.name() + ": not open (expected: open)");
    }

    @Override
    public synchronized void close() {
        closed = true;
        Engine open = engine;
        engine = null;
        boolean idle = readers.end(LAST_READS);
        // a read that goes on would crash the process if the store were closed under it
        if (open != null && idle) {
            open.close();
        }
    }

    /** What a read asks of the engine. */
    @FunctionalInterface
    private interface Read<T> {
        T from(Engine open) throws IOException;
    }
}
