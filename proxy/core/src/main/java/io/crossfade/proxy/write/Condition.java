package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Participant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a write by filter, judged once more where each document is written (R27): its key was found some time ago,
 * and others may have written it since. The caller has taken the lanes of the keys from all other writes.
 */
final class Condition {
    private static final Projection METADATA = new Projection(false, true, false, false);

    private Condition() {}

    /** The writes of a call whose documents match; all if it has no condition. */
    static CompletableFuture<List<WriteOp>> judge(Participant leader, WriteCall call, Duration timeout) {
        Filter onlyIf = call.onlyIf();
        if (onlyIf == null) {
            return CompletableFuture.completedFuture(call.writes());
        }
        List<Key> keys = call.writes().stream().map(WriteOp::key).toList();
        return leader.index()
                .fetch(keys, METADATA, timeout)
                .thenApply(present -> call.writes().stream()
                        .filter(op -> matches(onlyIf, present.get(op.key())))
                        .toList());
    }

    private static boolean matches(Filter onlyIf, @Nullable StoredDocument document) {
        return document != null && FilterEvaluator.matches(onlyIf, document.key(), document.metadata());
    }

    /** The results of a call, in its order, with those of documents that were left as they are. */
    static List<WriteReply.Result> complete(WriteCall call, List<WriteReply.Result> written) {
        if (call.onlyIf() == null) {
            return written;
        }
        List<WriteReply.Result> results = new ArrayList<>(call.writes().size());
        Iterator<WriteReply.Result> each = written.iterator();
        WriteReply.Result next = each.hasNext() ? each.next() : null;
        for (WriteOp op : call.writes()) {
            if (next != null && next.key().equals(op.key())) {
                results.add(next);
                next = each.hasNext() ? each.next() : null;
            } else {
                results.add(new WriteReply.Result(
                        op.key(), 0, WriteReply.Leader.NOT_MATCHED, WriteReply.Follower.NONE, "", false));
            }
        }
        return results;
    }
}
