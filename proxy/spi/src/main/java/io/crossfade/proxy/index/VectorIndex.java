package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One physical index in some engine. Every method is asynchronous: it returns at once, never blocks the caller's thread
 * and may complete on any thread. A read that fails completes with an {@link IndexException}.
 *
 * <p>Safe for use by many threads. Writes of one key that are under way together may be applied in either order: the
 * caller orders them where it matters. A write or read that began after another write was answered with {@code Applied}
 * sees that write, queries included.
 */
public interface VectorIndex extends AutoCloseable {
    /** What the index can do, as far as that is known now. Cheap: it is asked with each call. */
    Capabilities capabilities();

    /**
     * Connects, and checks that the engine's schema is the configured one. Makes nothing: a name that is misspelt must not
     * become an empty index. Fails with an {@link IndexException} of kind {@code MISSING} that says where there is none, or
     * {@code MISMATCH} that names the difference.
     */
    CompletableFuture<Void> open();

    /**
     * Makes what is missing, then opens. For what somebody has asked for: the index that a migration begins to, and that on
     * which a new collection begins. Nothing is ever cleared. A driver whose engine makes no indexes opens.
     *
     * @param keys that applications filter by, as another index says ({@link #filterKeys}); a hint: an engine that has to be
     *     told finds documents by them quickly, if the options do not say otherwise
     */
    default CompletableFuture<Void> create(List<FilterKey> keys) {
        return open();
    }

    /** Makes what is missing, with no keys in particular. */
    default CompletableFuture<Void> create() {
        return create(List.of());
    }

    /**
     * The keys that this index has been told to find documents by, for another one that is to take its place. None for an
     * engine that need not be told.
     */
    default CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return CompletableFuture.completedFuture(List.of());
    }

    /**
     * Applies writes, at most {@link Capabilities#maxBatch} and no key twice. The outcomes are in the order of the
     * writes. Only {@code Applied} is success, and it survives {@code kill -9} of both processes. The future does not
     * fail: what could not be sent is {@code Failed}, what was sent and not answered within the timeout is
     * {@code Unknown}.
     */
    CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout);

    /** Reads the documents that exist, by key; keys without one are absent from the map. */
    CompletableFuture<Map<Key, StoredDocument>> fetch(Collection<Key> keys, Projection wanted, Duration timeout);

    /** Finds the nearest documents, best first. */
    CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout);

    /** Reads one page of documents in a stable order. A document that exists during the whole scan is returned once. */
    CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout);

    /** Counts the documents that match; all of them for null. */
    CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout);

    /** Reads the small notes kept on the index itself, such as the marker of a migration's epoch. */
    CompletableFuture<Map<String, String>> attributes(Duration timeout);

    /** Sets a note durably; "" removes it. */
    CompletableFuture<Void> setAttribute(String name, String value, Duration timeout);

    /**
     * What keeps an index inside this process from taking writes at present, such as a full disk, in words; empty if nothing
     * does. The driver sees to it that it takes them again once it can, by itself. Empty for an engine elsewhere: whether this
     * process is ready does not depend on one.
     */
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /** Ends connections and threads; what was answered with {@code Applied} stays. */
    @Override
    void close();
}
