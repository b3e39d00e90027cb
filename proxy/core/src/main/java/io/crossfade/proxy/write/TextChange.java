package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Participant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Metadata updates of a key that is part of the text: the document is read, because vectors are made from the whole
 * text, and then metadata and vectors change in one step. The caller holds the lanes of these keys, so that no write
 * slips in between.
 *
 * <p>An update that would leave a document without text is refused where the leader embeds, as an upsert without text is:
 * the vector of the text that was there would stand.
 *
 * @param ops what is to be written
 * @param texts what the texts of those documents become, for those that exist and keep a text
 */
record TextChange(List<WriteOp> ops, Map<Key, String> texts) {
    /** Of writes that change no text. */
    static TextChange none(List<WriteOp> ops) {
        return new TextChange(ops, Map.of());
    }

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

    /**
     * Finds out what the writes of those keys make of the texts.
     *
     * @param unwritten hears of those that are refused
     */
    static CompletableFuture<TextChange> of(
            Participant leader, List<WriteOp> ops, Set<Key> keys, Duration timeout, Unwritten unwritten) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(none(ops));
        }
        return leader.index().fetch(keys, Projection.CONTENT, timeout).thenApply(present -> {
            Map<Key, String> texts = new HashMap<>();
            List<WriteOp> allowed = new ArrayList<>(ops);
            for (WriteOp op : ops) {
                StoredDocument document = keys.contains(op.key()) ? present.get(op.key()) : null;
                if (document != null && op instanceof WriteOp.UpdateMetadata update) {
                    String text = leader.textSource().of(null, update.patch().applyTo(document.metadata()));
                    if (text != null) {
                        texts.put(op.key(), text);
                    } else if (leader.textSource().of(null, document.metadata()) != null) {
                        embedded(leader, update.vectors()).ifPresent(space -> {
                            allowed.remove(op);
                            unwritten.add(op.key(), WriteReply.Leader.REJECTED, lacksText(leader, space));
                        });
                    }
                }
            }
            return new TextChange(allowed, texts);
        });
    }

    /** The first space whose vectors the leader makes from the text, unless they are sent. */
    private static Optional<Space> embedded(Participant leader, List<NamedVector> sent) {
        return leader.spaces().entrySet().stream()
                .filter(field -> leader.embedder(field.getKey()) != null
                        && sent.stream()
                                .noneMatch(vector -> vector.field().equals(field.getKey())
                                        && vector.space()
                                                .equals(field.getValue().name())))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static String lacksText(Participant leader, Space space) {
        return "no text would be left, and the vector of space " + space.name()
                + " is made from it (expected: a text in one of "
                + String.join(", ", leader.textSource().fields()) + ")";
    }

    /** The results of the writes, those that changed a text with the word that a vector was made anew. */
    List<WriteReply.Result> tell(Participant leader, List<WriteReply.Result> written) {
        if (texts.isEmpty() || embedded(leader, List.of()).isEmpty()) {
            return written;
        }
        return written.stream()
                .map(result -> told(result, texts.containsKey(result.key())))
                .toList();
    }

    private static WriteReply.Result told(WriteReply.Result result, boolean isMadeAnew) {
        return isMadeAnew && result.leader() == WriteReply.Leader.APPLIED
                ? new WriteReply.Result(
                        result.key(), result.version(), result.leader(), result.follower(), result.error(), true)
                : result;
    }
}
