package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.Failures;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.write.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A call that writes documents by key. */
record KeyedWrite(WriteCall call, Supplier<Description> description, Writer writer) implements Repeatable {
    @Override
    public String writeId() {
        return call.writeId();
    }

    @Override
    public long content() {
        return ContentHash.of(call.writes());
    }

    @Override
    public List<Key> keys() {
        return call.writes().stream().map(WriteOp::key).toList();
    }

    @Override
    public CompletableFuture<WriteReply> begin(Duration timeout) {
        return write(call, timeout);
    }

    private CompletableFuture<WriteReply> write(WriteCall writes, Duration timeout) {
        Validation.checkWrites(writes.writes(), writes.writeId(), description.get());
        return writer.write(writes, timeout);
    }

    @Override
    public CompletableFuture<WriteReply> goOn(WriteReply before, Duration timeout) {
        List<WriteOp> rest = new ArrayList<>();
        for (int i = 0; i < before.results().size(); i++) {
            if (isUndone(before.results().get(i))) {
                rest.add(call.writes().get(i));
            }
        }
        return CompletableFuture.completedFuture(new WriteCall(rest, call.writeId(), call.client()))
                .thenCompose(writes -> write(writes, timeout))
                .exceptionally(failed -> failed(rest, Failures.toCall(failed), before.epoch()))
                .thenApply(reply -> merged(before, reply));
    }

    static boolean isUndone(WriteReply.Result result) {
        return result.leader() == WriteReply.Leader.FAILED;
    }

    /** A failure of all, as what it means for each: a repeat has to say what the first try did, too. */
    private static WriteReply failed(List<WriteOp> writes, CallException why, long epoch) {
        return new WriteReply(
                writes.stream().map(write -> failed(write.key(), why)).toList(), epoch);
    }

    /** The result of a document whose write has failed with others. */
    static WriteReply.Result failed(Key key, CallException why) {
        WriteReply.Leader leader = switch (why.kind()) {
            case UNKNOWN, INTERNAL -> WriteReply.Leader.UNKNOWN;
            case INVALID, NOT_FOUND, PRECONDITION, ABORTED, EXHAUSTED, UNAVAILABLE, DEADLINE ->
                WriteReply.Leader.FAILED;
        };
        return new WriteReply.Result(key, 0, leader, WriteReply.Follower.NONE, String.valueOf(why.getMessage()), false);
    }

    /** What was told before, with news of what was undone then. */
    static WriteReply merged(WriteReply before, WriteReply news) {
        List<WriteReply.Result> results = new ArrayList<>(before.results().size());
        Iterator<WriteReply.Result> next = news.results().iterator();
        for (WriteReply.Result told : before.results()) {
            results.add(isUndone(told) ? next.next() : told);
        }
        return new WriteReply(results, news.epoch());
    }
}
