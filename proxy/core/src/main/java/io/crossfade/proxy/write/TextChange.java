package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Participant;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Metadata updates of a key that is part of the text: the document is read, because vectors are made from the whole
 * text, and then metadata and vectors change in one step. The caller holds the lanes of these keys, so that no write
 * slips in between.
 */
final class TextChange {
    private TextChange() {}

    /**
     * The keys whose metadata update changes the leader's text, or is empty so that what stands is embedded anew; none
     * where text is a part of its own.
     */
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
                && (leader.textSource().isTouchedBy(update.patch())
                        || update.patch().equals(MetadataPatch.NONE));
    }

    /** What the texts of those documents become, for those that exist and keep a text. */
    static CompletableFuture<Map<Key, String>> texts(
            Participant leader, List<WriteOp> ops, Set<Key> keys, Duration timeout) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        return leader.index().fetch(keys, Projection.CONTENT, timeout).thenApply(present -> {
            Map<Key, String> texts = new HashMap<>();
            for (WriteOp op : ops) {
                StoredDocument document = keys.contains(op.key()) ? present.get(op.key()) : null;
                if (document != null && op instanceof WriteOp.UpdateMetadata update) {
                    String text = leader.textSource().of(null, update.patch().applyTo(document.metadata()));
                    if (text != null) {
                        texts.put(op.key(), text);
                    }
                }
            }
            return texts;
        });
    }

    /** Says in the results of those that were there that their text has changed. */
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
