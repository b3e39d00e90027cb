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

    /**
     * The writes of a call whose conditions hold; all if it has none.
     *
     * @param unwritten hears of the others
     */
    static CompletableFuture<List<WriteOp>> judge(
            Participant leader, WriteCall call, Duration timeout, Unwritten unwritten) {
        if (!call.isConditional()) {
            return CompletableFuture.completedFuture(call.writes());
        }
        List<Key> keys = call.writes().stream()
                .filter(op -> call.onlyIf() != null || op.isConditional())
                .map(WriteOp::key)
                .toList();
        Projection wanted = call.writes().stream().anyMatch(WriteOp::isConditional) ? SOURCE : METADATA;
        return leader.index().fetch(keys, wanted, timeout).thenApply(present -> {
            List<WriteOp> holding = new ArrayList<>(call.writes().size());
            for (WriteOp op : call.writes()) {
                StoredDocument document = present.get(op.key());
                if (matches(call.onlyIf(), document) && isMadeOf(leader.textSource(), op, document)) {
                    holding.add(op);
                } else {
                    unwritten.add(op.key(), WriteReply.Leader.NOT_MATCHED, reason(op));
                }
            }
            return holding;
        });
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

    private static String reason(WriteOp op) {
        return op instanceof WriteOp.UpdateVectors update
                ? "made_of: " + update.madeOf() + " (expected: what the document says now; read it again)"
                : "";
    }
}
