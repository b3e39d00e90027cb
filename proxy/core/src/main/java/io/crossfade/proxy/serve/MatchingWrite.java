package io.crossfade.proxy.serve;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.Failures;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A write to all documents that match a filter: the keys are found on the leader first, all of them, and counted; then
 * they are written in batches, each document only if it still matches there. Documents that begin to match meanwhile are
 * not touched. All of it has one deadline (R27): what is not written by then is not written, and the reply says so.
 */
final class MatchingWrite implements Repeatable {
    private static final int BATCH = 250;

    private final CurrentRoute current;
    private final Writer writer;
    private final Supplier<Description> descriptions;
    private final Time time;
    private final Matching matching;
    private final @Nullable MetadataPatch patch;
    private final String writeId;

    /**
     * @param patch what changes; null if the documents are to be removed
     */
    MatchingWrite(
            CurrentRoute current,
            Writer writer,
            Supplier<Description> descriptions,
            Time time,
            Matching matching,
            @Nullable MetadataPatch patch,
            String writeId) {
        this.current = current;
        this.writer = writer;
        this.descriptions = descriptions;
        this.time = time;
        this.matching = matching;
        this.patch = patch;
        this.writeId = writeId;
    }

    @Override
    public String writeId() {
        return writeId;
    }

    @Override
    public long content() {
        return ContentHash.of(matching, patch);
    }

    @Override
    public @Nullable List<Key> keys() {
        return null;
    }

    @Override
    public CompletableFuture<WriteReply> begin(Duration timeout) {
        Description description = descriptions.get();
        Validation.checkMatching(matching, patch, writeId, description);
        Pages pages = new Pages(description.limits().batch(), timeout);
        return new Matches(current, matching, description, pages::left)
                .find()
                .thenCompose(found -> pages.write(found.keys(), found.epoch()));
    }

    /** Documents that failed are judged once more; those that have begun to match since then are not touched. */
    @Override
    public CompletableFuture<WriteReply> goOn(WriteReply before, Duration timeout) {
        List<Key> rest = before.results().stream()
                .filter(KeyedWrite::isUndone)
                .map(WriteReply.Result::key)
                .toList();
        return CompletableFuture.completedFuture(rest)
                .thenCompose(
                        keys -> new Pages(descriptions.get().limits().batch(), timeout).write(keys, before.epoch()))
                .exceptionally(failed -> new WriteReply(
                        rest.stream()
                                .map(key -> KeyedWrite.failed(key, Failures.toCall(failed)))
                                .toList(),
                        before.epoch()))
                .thenApply(news -> KeyedWrite.merged(before, news));
    }

    private WriteOp toWrite(Key key) {
        return patch == null ? new WriteOp.Delete(key) : new WriteOp.UpdateMetadata(key, patch);
    }

    /** The keys on their way, batch after batch, until one fails or time is over. */
    private final class Pages {
        private final int batch;
        private final long deadlineNanos;
        private final List<WriteReply.Result> results = new ArrayList<>();

        Pages(int mostInBatch, Duration timeout) {
            this.batch = Math.min(BATCH, mostInBatch);
            this.deadlineNanos = time.nanos() + timeout.toNanos();
        }

        Duration left() {
            return Duration.ofNanos(deadlineNanos - time.nanos());
        }

        CompletableFuture<WriteReply> write(List<Key> keys, long epoch) {
            if (results.size() == keys.size()) {
                return CompletableFuture.completedFuture(new WriteReply(results, epoch));
            }
            List<Key> page = keys.subList(results.size(), Math.min(keys.size(), results.size() + batch));
            return Branches.compose(write(page), (reply, failed) -> {
                if (reply == null || failed != null) {
                    return failed(keys, page, epoch, Failures.toCall(requireNonNull(failed, "failed")));
                }
                results.addAll(reply.results());
                return write(keys, reply.epoch());
            });
        }

        private CompletableFuture<WriteReply> write(List<Key> page) {
            Duration left = left();
            if (left.isNegative() || left.isZero()) {
                return CompletableFuture.failedFuture(new CallException(
                        CallException.Kind.DEADLINE, "time was over before it was written; nothing was done"));
            }
            List<WriteOp> writes =
                    page.stream().map(MatchingWrite.this::toWrite).toList();
            return writer.write(new WriteCall(writes, "", "", matching.filter()), left);
        }

        /**
         * A page of which nothing is known to be done. If it is the first, the call fails as a whole; else each document
         * has a result, and a repeat of the call goes on with those that failed.
         */
        private CompletableFuture<WriteReply> failed(List<Key> keys, List<Key> page, long epoch, CallException why) {
            if (results.isEmpty()) {
                return CompletableFuture.failedFuture(why);
            }
            page.forEach(key -> results.add(KeyedWrite.failed(key, why)));
            CallException notBegun = new CallException(
                    CallException.Kind.UNAVAILABLE, "not written, because one before it was not: " + why.getMessage());
            keys.subList(results.size(), keys.size()).forEach(key -> results.add(KeyedWrite.failed(key, notBegun)));
            return CompletableFuture.completedFuture(new WriteReply(results, epoch));
        }
    }
}
