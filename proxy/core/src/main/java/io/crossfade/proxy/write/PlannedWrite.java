package io.crossfade.proxy.write;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.WriteOp;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A write with all its vectors at hand, ready to be given a version.
 *
 * @param follower what the follower gets; null if only a reconcile can tell
 * @param source identity of what the kept vectors were made from; "" if the write does not say
 * @param kept vectors of the follower's spaces that the leader will not hold
 */
record PlannedWrite(WriteOp op, Side leader, @Nullable Side follower, String source, List<NamedVector> kept) {

    /**
     * The part of one index.
     *
     * @param text as this index stores it
     * @param written digest of each vector, as in {@link Stamp}
     */
    record Side(
            @Nullable String text,
            Map<String, Embedding> vectors,
            Map<String, String> provenance,
            Map<String, Long> written) {
        static final Side NOTHING = new Side(null, Map.of(), Map.of(), Map.of());

        Side {
            vectors = Map.copyOf(vectors);
            provenance = Map.copyOf(provenance);
            written = Map.copyOf(written);
        }
    }

    Key key() {
        return op.key();
    }

    /** Whether the document is afterwards what the write says, whatever it was before. */
    boolean isWhole() {
        return switch (op.kind()) {
            case UPSERT, DELETE -> true;
            case UPDATE_METADATA, UPDATE_VECTORS -> false;
        };
    }

    boolean replacesContent() {
        return switch (op.kind()) {
            case UPSERT, DELETE -> true;
            case UPDATE_METADATA -> !leader.vectors().isEmpty();
            case UPDATE_VECTORS -> false;
        };
    }

    IndexWrite leaderWrite(long version) {
        return write(leader, version);
    }

    /** The write for the follower; only if there is a follower's side. */
    IndexWrite followerWrite(long version) {
        if (follower == null) {
            throw new IllegalStateException(key() + " has no follower's side");
        }
        return write(follower, version);
    }

    /** Whether both indexes get the same. */
    boolean isSameForBoth() {
        return leader.equals(follower);
    }

    private IndexWrite write(Side side, long version) {
        Stamp stamp = new Stamp(version, side.provenance(), side.written());
        return switch (op.kind()) {
            case UPSERT ->
                new IndexWrite.Put(new StoredDocument(
                        op.key(),
                        stamp,
                        side.text(),
                        ((WriteOp.Upsert) op).document().metadata(),
                        side.vectors()));
            case UPDATE_METADATA ->
                new IndexWrite.PatchMetadata(op.key(), stamp, ((WriteOp.UpdateMetadata) op).patch(), side.vectors());
            case UPDATE_VECTORS -> new IndexWrite.PatchVectors(op.key(), stamp, side.vectors());
            case DELETE -> new IndexWrite.Remove(op.key());
        };
    }
}
