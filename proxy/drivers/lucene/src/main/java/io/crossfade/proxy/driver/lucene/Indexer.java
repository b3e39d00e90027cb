package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that brings Lucene up to what RocksDB holds, and commits by count and by time. What it did not commit
 * stays listed in RocksDB and is done again after the next start.
 */
final class Indexer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);
    private static final int CAPACITY = 1024;
    private static final int BATCH = 256;

    private final String name;
    private final Store store;
    private final SearchIndex search;
    private final Unseen unseen = new Unseen();
    private final HandOff<Change> queue = new HandOff<>(CAPACITY);
    private final Time time;
    private final Duration commitInterval;
    private final int commitDocuments;
    private final Runnable onTrouble;
    private int uncommitted;
    private volatile boolean commitDue;
    private volatile long indexed = -1;
    private volatile @Nullable IndexException failure;

    /**
     * @param name of the index, for the log
     * @param onTrouble told when it has stopped
     */
    Indexer(String name, Store store, SearchIndex search, Time time, LuceneIndexSettings config, Runnable onTrouble) {
        this.name = name;
        this.onTrouble = onTrouble;
        this.store = store;
        this.search = search;
        this.time = time;
        this.commitInterval = config.commitInterval();
        this.commitDocuments = config.commitDocuments();
    }

    /** Queues the changes that no commit covers. */
    void recover() {
        try (View view = store.view();
                RocksIterator changes = view.changes()) {
            for (changes.seekToFirst(); changes.isValid(); changes.next()) {
                add(List.of(Change.decode(changes.key(), changes.value())));
            }
        }
    }

    /** Waits while the queue is full. */
    void awaitRoom() throws InterruptedException {
        queue.awaitRoom();
    }

    /** Queues changes; to be called before the writes are acknowledged. */
    void add(Collection<Change> changes) {
        unseen.add(changes);
        queue.addAll(changes);
    }

    /** The documents to look at one by one, beside what a searcher shows that is acquired after this call. */
    List<Change> unseen(int most) throws IOException {
        requireHealthy();
        if (unseen.size() > most) {
            refresh();
        }
        return unseen.all();
    }

    /** How many changes are queued. */
    int backlog() {
        return queue.size();
    }

    void requireHealthy() {
        IndexException broken = failure;
        if (broken != null) {
            throw new IndexException(broken.kind(), String.valueOf(broken.getMessage()), broken);
        }
    }

    /** Why indexing has stopped; null if it has not. */
    @Nullable
    String trouble() {
        IndexException broken = failure;
        return broken == null ? null : broken.getMessage();
    }

    private void refresh() throws IOException {
        long upTo = indexed;
        search.refresh();
        unseen.seen(upTo);
    }

    /** Ends the thread after the batch at hand, with a commit. */
    void end() {
        queue.end();
    }

    @Override
    public void run() {
        try {
            while (!queue.isEnded()) {
                index(queue.take(BATCH));
                if (uncommitted >= commitDocuments || commitDue) {
                    commit();
                }
            }
            commit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RocksDBException | RuntimeException e) {
            LOG.error("index {}: indexing stopped, until it is opened again", name, e);
            failure = new IndexException(IndexException.Kind.UNAVAILABLE, "search index: " + e, e);
            queue.end();
            onTrouble.run();
        }
    }

    private void index(List<Change> batch) throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        Map<Long, Change> newest = new LinkedHashMap<>();
        batch.forEach(change -> newest.merge(change.ordinal(), change, (earlier, later) -> later.after(earlier)));
        try (View view = store.view()) {
            for (Change change : newest.values()) {
                search.index(change, view);
            }
        }
        indexed = batch.get(batch.size() - 1).sequence();
        if (uncommitted == 0) {
            time.after(commitInterval, this::wakeToCommit);
        }
        uncommitted += batch.size();
    }

    private void wakeToCommit() {
        commitDue = true;
        queue.wake();
    }

    private void commit() throws IOException, RocksDBException {
        commitDue = false;
        if (uncommitted > 0) {
            uncommitted = 0;
            search.commit();
            store.forgetChanges(indexed);
            refresh();
        }
    }
}
