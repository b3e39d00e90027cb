package io.crossfade.proxy.collection;

import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What applications can do with one collection. Requests arrive structurally sound (a front refuses what cannot be
 * expressed here); limits, spaces and capabilities are checked here, whole requests before anything is applied. Every
 * future fails with a {@link CallException} only. Never blocks; safe for use by many threads.
 */
public interface Collection {
    Description describe();

    /** One result per write, in order. Repeated under its write id, it is done once, as are the two that follow. */
    CompletableFuture<WriteReply> write(WriteCall call, Duration timeout);

    /**
     * Patches the metadata of all documents that match.
     *
     * @param writeId the same for each repetition of a call; "" if the call has none
     */
    CompletableFuture<WriteReply> updateMatching(
            Matching matching, MetadataPatch patch, String writeId, Duration timeout);

    /**
     * Removes all documents that match.
     *
     * @param writeId the same for each repetition of a call; "" if the call has none
     */
    CompletableFuture<WriteReply> deleteMatching(Matching matching, String writeId, Duration timeout);

    CompletableFuture<FetchReply> fetch(List<Key> keys, Projection wanted, Duration timeout);

    CompletableFuture<QueryReply> query(QueryCall query, Duration timeout);

    /** Reads one page; the front strings pages together. */
    CompletableFuture<ScanReply> scan(ScanCall scan, Duration timeout);

    CompletableFuture<CountReply> count(@Nullable Filter filter, Duration timeout);

    /** Reads the notes of applications on the index that serves. What was set is seen. */
    CompletableFuture<Map<String, String>> attributes(Duration timeout);

    CompletableFuture<Void> setAttribute(String name, String value, Duration timeout);

    /**
     * Documents chosen by a filter.
     *
     * @param expectedCount required above the limit, and then must equal the number that match
     */
    record Matching(String namespace, Filter filter, Optional<Long> expectedCount) {}

    /**
     * @param cursor a cursor of an earlier reply; "" to begin
     * @param slice only documents of this part; no index knows it, so all are read
     * @param missingSpace only documents that lack an up-to-date vector of this space; "" for all
     * @param limit most documents on the page
     */
    record ScanCall(
            String cursor, Slice slice, @Nullable Filter filter, Projection wanted, String missingSpace, int limit) {
        /** The same scan, after that cursor. */
        public ScanCall from(String cursor) {
            return new ScanCall(cursor, slice, filter, wanted, missingSpace, limit);
        }
    }

    /**
     * The page's cursor is bound to index and epoch.
     *
     * @param spaces name of the space of each vector field, to name vectors in the reply
     */
    record ScanReply(ScanPage page, Map<String, String> spaces, long epoch) {}

    record CountReply(long count, long epoch) {}
}
