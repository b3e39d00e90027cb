package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Participant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Metadata updates of a key that is part of the text: the document is read, changed and written whole, and so embedded
 * again. The caller holds the lanes of these keys, so that no write slips in between.
 */
final class TextChange {
    private TextChange() {}

    /** Keys whose metadata update changes the leader's text; empty where text is a part of its own. */
    static Set<Key> keys(Participant leader, List<WriteOp> ops) {
        if (leader.textSource().isOwn()) {
            return Set.of();
        }
        return ops.stream()
                .filter(op -> isTextChange(leader, op))
                .map(WriteOp::key)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isTextChange(Participant leader, WriteOp op) {
        return op instanceof WriteOp.UpdateMetadata update
                && update.stamp() == null
                && leader.textSource().isTouchedBy(update.patch());
    }

    /** The same writes, with those updates as upserts of the whole document; an absent document's stays an update. */
    static CompletableFuture<List<WriteOp>> resolve(
            Participant leader, List<WriteOp> ops, Set<Key> keys, Duration timeout) {
        VectorIndex index = leader.index();
        return index.fetch(keys, Projection.ALL, timeout).thenApply(present -> {
            List<WriteOp> resolved = new ArrayList<>(ops.size());
            for (WriteOp op : ops) {
                StoredDocument document = keys.contains(op.key()) ? present.get(op.key()) : null;
                resolved.add(
                        document != null && op instanceof WriteOp.UpdateMetadata update
                                ? new WriteOp.Upsert(changed(leader, document, update))
                                : op);
            }
            return resolved;
        });
    }

    private static Document changed(Participant leader, StoredDocument document, WriteOp.UpdateMetadata update) {
        List<NamedVector> sent = new ArrayList<>();
        for (Map.Entry<String, Embedding> vector : document.vectors().entrySet()) {
            if (leader.embedder(vector.getKey()) == null) {
                sent.add(new NamedVector(
                        vector.getKey(), leader.space(vector.getKey()).name(), vector.getValue()));
            }
        }
        return new Document(document.key(), null, sent, update.patch().applyTo(document.metadata()), null);
    }

    /** Says so in the results of those that were there. */
    static List<WriteReply.Result> tell(List<WriteReply.Result> results, Set<Key> keys) {
        if (keys.isEmpty()) {
            return results;
        }
        return results.stream()
                .map(result -> keys.contains(result.key()) && result.leader() == WriteReply.Leader.APPLIED
                        ? new WriteReply.Result(
                                result.key(),
                                result.version(),
                                result.leader(),
                                result.follower(),
                                result.error(),
                                true)
                        : result)
                .toList();
    }
}
