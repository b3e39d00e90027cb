package io.crossfade.proxy.driver.lucene;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.FilterKey;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's face: hands writes to the writer thread and reads to its own readers. An engine that the disk has broken,
 * because it is full, for one, is tried again each second, and opened again once there is room.
 */
final class LuceneIndex implements VectorIndex {
    private static final int MAX_BATCH = 1000;

    /** How long a write may still take effect: one that has begun ends when the disk answers. */
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private static final Capabilities CAPABILITIES =
            new Capabilities(EnumSet.allOf(Filter.Operator.class), Searcher.PARAMS, MAX_BATCH, SETTLE, true);

    private static final int LEAST_READERS = 2;
    private static final int MOST_WAITING = 4096;
    private static final Logger LOG = LoggerFactory.getLogger(LuceneIndex.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final Duration LAST_READS = Duration.ofSeconds(30);

    private final IndexDefinition definition;
    private final LuceneIndexSettings config;
    private final VectorIndexProvider.Context context;
    /** One thread per core, at least two. */
    private final OwnThreads readers;

    private final OpenEngine current = new OpenEngine();
    private final AtomicBoolean healing = new AtomicBoolean();
    private final AtomicBoolean refusing = new AtomicBoolean();

    /** Why the last try to open it again has failed. */
    private volatile @Nullable String unopened;

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
        return CompletableFuture.runAsync(() -> openOnce(false), context.blocking());
    }

    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        return CompletableFuture.runAsync(() -> openOnce(true), context.blocking());
    }

    private synchronized void openOnce(boolean makes) {
        if (closed) {
            throw new IndexException(IndexException.Kind.UNAVAILABLE, "index " + definition.name() + ": closed");
        }
        if (current.get() == null) {
            if (makes) {
                directory().make();
            }
            current.set(Engine.open(definition, config, directory(), context.time(), this::troubled));
        }
    }

    private DataDirectory directory() {
        return new DataDirectory(definition.name(), context.dataDirectory().resolve(config.path(definition.name())));
    }

    /** Says once that writes are refused, and why: it is tried each second whether they still are. */
    private void troubled() {
        trouble()
                .filter(why -> refusing.compareAndSet(false, true))
                .ifPresent(why -> LOG.error("index {}: writes are refused: {}", definition.name(), why));
        healSoon();
    }

    private void healSoon() {
        if (healing.compareAndSet(false, true)) {
            context.time().after(BETWEEN_TRIES, () -> context.blocking().execute(this::heal));
        }
    }

    /** Tries whether the engine takes writes again, or can be opened again; if not, this is tried again. */
    private synchronized void heal() {
        healing.set(false);
        if (closed) {
            return;
        } else if (!isHealed()) {
            healSoon();
        } else if (refusing.getAndSet(false)) {
            LOG.info("index {}: takes writes again", definition.name());
        }
    }

    @GuardedBy("this")
    private boolean isHealed() {
        Engine broken = current.get();
        if (broken != null && broken.trouble() == null) {
            return true;
        } else if (!directory().hasRoom()) {
            return false;
        }
        return (broken != null && broken.recovers()) || isOpenedAgain();
    }

    @GuardedBy("this")
    private boolean isOpenedAgain() {
        try {
            Engine broken = current.get();
            if (broken != null && !current.leave(LAST_READS)) {
                current.set(broken); // some read goes on
                return false;
            } else if (broken != null) {
                broken.close();
            }
            current.set(Engine.open(definition, config, directory(), context.time(), this::troubled));
            unopened = null;
            LOG.info("index {}: opened again", definition.name());
            return true;
        } catch (RuntimeException e) {
            unopened = String.valueOf(e.getMessage());
            return false;
        }
    }

    @Override
    public Optional<String> trouble() {
        Engine open = current.get();
        return Optional.ofNullable(open == null ? unopened : open.trouble());
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        TimedCall<List<Outcome>> call = TimedCall.write(context.time(), timeout, writes.size());
        Engine open = current.get();
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
            Engine open = current.enter();
            if (open == null) {
                throw notOpen();
            }
            try {
                return read.from(open);
            } catch (IOException e) {
                throw new IndexException(IndexException.Kind.INTERNAL, "search index: " + e, e);
            } finally {
                current.exit();
            }
        });
    }

    /** How many acknowledged changes are not in Lucene yet. */
    int backlog() {
        Engine open = current.get();
        return open == null ? 0 : open.backlog();
    }

    private IndexException notOpen() {
        String why = unopened;
        return new IndexException(
                IndexException.Kind.UNAVAILABLE,
                "index " + definition.name() + ": not open (expected: open)" + (why == null ? "" : "; " + why));
    }

    @Override
    public synchronized void close() {
        closed = true;
        Engine open = current.get();
        boolean idle = current.leave(LAST_READS);
        readers.close();
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
