package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Participant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a write, judged where each document is written (R27): that it still matches the filter of the call, by
 * which its key was found some time ago, and that it is still what its vectors were made of. The caller has taken the
 * lanes of the keys from all other writes.
 */
final class Condition {
    private static final Projection METADATA = new Projection(false, true, false, false);
    private static final Projection SOURCE = new Projection(true, true, false, true);

    private Condition() {}

    /** The writes of a call whose conditions hold; all if it has none. */
    static CompletableFuture<List<WriteOp>> judge(Participant leader, WriteCall call, Duration timeout) {
        if (!call.isConditional()) {
            return CompletableFuture.completedFuture(call.writes());
        }
        List<Key> keys = call.writes().stream()
                .filter(op -> call.onlyIf() != null || op.isConditional())
                .map(WriteOp::key)
                .toList();
        Projection wanted = call.writes().stream().anyMatch(WriteOp::isConditional) ? SOURCE : METADATA;
        return leader.index()
                .fetch(keys, wanted, timeout)
                .thenApply(present -> call.writes().stream()
                        .filter(op -> matches(call.onlyIf(), present.get(op.key()))
                                && isMadeOf(leader.textSource(), op, present.get(op.key())))
                        .toList());
    }

    private static boolean matches(@Nullable Filter onlyIf, @Nullable StoredDocument document) {
        return onlyIf == null
                || (document != null && FilterEvaluator.matches(onlyIf, document.key(), document.metadata()));
    }

    /** Whether vectors were made of what stands; of a document that is gone the index will say so. */
    private static boolean isMadeOf(TextSource texts, WriteOp op, @Nullable StoredDocument document) {
        return document == null
                || !(op instanceof WriteOp.UpdateVectors update)
                || !op.isConditional()
                || update.madeOf().equals(Sources.identity(texts, document));
    }

    /** The results of a call, in its order, with those of documents that were left as they are. */
    static List<WriteReply.Result> complete(WriteCall call, List<WriteReply.Result> written) {
        if (!call.isConditional()) {
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
                        op.key(), 0, WriteReply.Leader.NOT_MATCHED, WriteReply.Follower.NONE, reason(op), false));
            }
        }
        return results;
    }

    private static String reason(WriteOp op) {
        return op instanceof WriteOp.UpdateVectors update
                ? "made_of: " + update.madeOf() + " (expected: what the document says now; read it again)"
                : "";
    }
}
