package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexException.Kind;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.rocks.NativeLibrary;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open index: its stores and its two threads. */
final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final String SCHEMA = "schema";
    private static final String ATTRIBUTE = "attribute/";

    private final Store store;
    private final SearchIndex search;
    private final Indexer indexer;
    private final WriteQueue writes;
    private final Searcher searcher;
    private final Thread indexing;
    private final Thread writing;

    private Engine(
            IndexDefinition definition,
            LuceneIndexSettings config,
            Time time,
            Store store,
            SearchIndex search,
            Runnable onTrouble)
            throws RocksDBException {
        this.store = store;
        this.search = search;
        this.indexer = new Indexer(definition.name(), store, search, time, config, onTrouble);
        this.writes = new WriteQueue(store, definition.vectors(), indexer, StoreState.read(store), onTrouble);
        this.searcher = new Searcher(store, search, indexer, definition.vectors(), config.ef());
        this.indexing = new Thread(indexer, "crossfade-" + definition.name() + "-index");
        this.writing = new Thread(writes, "crossfade-" + definition.name() + "-write");
    }

    /**
     * Opens what is in the directory, or creates it.
     *
     * @param onTrouble told, on some thread, when {@link #trouble} may have something to say
     * @throws IndexException if the directory cannot be used or holds another index
     */
    static Engine open(
            IndexDefinition definition,
            LuceneIndexSettings config,
            DataDirectory directory,
            Time time,
            Runnable onTrouble) {
        directory.prepare();
        NativeLibrary.load(directory.nativeCode());
        Store store = openStore(config, directory);
        try {
            requireSchema(definition, store);
            SearchIndex search = openSearch(definition, config, directory);
            Engine engine = new Engine(definition, config, time, store, search, onTrouble);
            engine.start();
            return engine;
        } catch (RocksDBException e) {
            store.close();
            throw Store.failure(e);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static Store openStore(LuceneIndexSettings config, DataDirectory directory) {
        try {
            StoreLogs.mend(directory);
            return new Store(directory.store(), config.sync());
        } catch (IOException e) {
            throw directory.problem(Kind.UNAVAILABLE, e.toString(), "a readable store", e);
        } catch (RocksDBException e) {
            throw String.valueOf(e.getMessage()).contains("lock")
                    ? directory.inUse(e)
                    : directory.problem(Kind.UNAVAILABLE, Store.reason(e), "a readable store", e);
        }
    }

    private static SearchIndex openSearch(
            IndexDefinition definition, LuceneIndexSettings config, DataDirectory directory) {
        try {
            return new SearchIndex(directory.search(), definition.vectors(), config);
        } catch (LockObtainFailedException e) {
            throw directory.inUse(e);
        } catch (IOException e) {
            throw directory.problem(Kind.UNAVAILABLE, e.toString(), "a readable search index", e);
        }
    }

    private void start() {
        indexer.recover();
        indexing.start();
        writing.start();
    }

    private static void requireSchema(IndexDefinition definition, Store store) {
        StringBuilder schema = new StringBuilder();
        new TreeMap<>(definition.vectors()).forEach((field, space) -> schema.append(describe(field, space)));
        String expected = schema.toString();
        String found = store.note(SCHEMA);
        if (found == null) {
            store.setNote(SCHEMA, expected);
        } else if (!found.equals(expected)) {
            throw new IndexException(
                    Kind.MISMATCH, "index " + definition.name() + ": " + found + " (expected: " + expected + ")");
        }
    }

    private static String describe(String field, Space space) {
        return "vectors[\"" + field + "\"] = space " + space.fingerprint() + ", " + space.dimensions() + " dimensions, "
                + space.metric() + "; ";
    }

    WriteQueue writes() {
        return writes;
    }

    int backlog() {
        return indexer.backlog();
    }

    Searcher searcher() {
        return searcher;
    }

    Store store() {
        return store;
    }

    Map<Key, StoredDocument> fetch(Collection<Key> keys, Projection wanted) {
        Map<Key, StoredDocument> found = new HashMap<>();
        try (View view = store.view()) {
            for (Key key : keys) {
                byte[] encoded = view.get(KeyCodec.encode(key));
                if (encoded != null) {
                    found.put(key, view.document(key, encoded, wanted));
                }
            }
        }
        return found;
    }

    Map<String, String> attributes() {
        Map<String, String> attributes = new HashMap<>();
        try (View view = store.view();
                RocksIterator notes = view.notes()) {
            for (notes.seek(ATTRIBUTE.getBytes(UTF_8)); notes.isValid(); notes.next()) {
                String name = new String(notes.key(), UTF_8);
                if (!name.startsWith(ATTRIBUTE)) {
                    break;
                }
                attributes.put(name.substring(ATTRIBUTE.length()), new String(notes.value(), UTF_8));
            }
        }
        return attributes;
    }

    void setAttribute(String name, String value) {
        store.setNote(ATTRIBUTE + name, value);
    }

    /** What keeps it from taking writes; null if nothing does. */
    @Nullable
    String trouble() {
        String stopped = indexer.trouble();
        return stopped == null ? writes.trouble() : stopped;
    }

    /** Whether it takes writes again as it is, without being opened again. Tries the disk. */
    boolean recovers() {
        if (indexer.trouble() != null) {
            return false;
        }
        try {
            store.tryWriting();
        } catch (IndexException e) {
            return false;
        }
        writes.recovered();
        return true;
    }

    /**
     * Finishes the writes that are queued, commits, and lets go of the directory. No read may be running. What a broken
     * search index has not committed is found in the store when it is opened again.
     */
    void close() {
        try {
            writes.end();
            writing.join();
            indexer.end();
            indexing.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // the threads may still use the store, so it stays open
            return;
        }
        try {
            search.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("search index: did not close in order", e);
        }
        store.close();
    }
}
