package io.crossfade.proxy.harness;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.ForwardingIndex;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.Stored;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Keeps the direction of vectors only, as Qdrant does where the metric is the cosine. */
final class NormalisingIndex extends ForwardingIndex {
    NormalisingIndex(VectorIndex index) {
        super(index);
    }

    @Override
    public Capabilities capabilities() {
        Capabilities all = super.capabilities();
        return new Capabilities(
                all.known(),
                all.filterOperators(),
                all.filters(),
                all.params(),
                all.maxBatch(),
                Stored.NORMALISED,
                all.unknownSettle(),
                all.embedded());
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return super.write(writes.stream().map(NormalisingIndex::normalised).toList(), timeout);
    }

    private static IndexWrite normalised(IndexWrite write) {
        if (write instanceof IndexWrite.Put put) {
            StoredDocument document = put.document();
            return new IndexWrite.Put(new StoredDocument(
                    document.key(),
                    document.stamp(),
                    document.text(),
                    document.metadata(),
                    normalised(document.vectors())));
        } else if (write instanceof IndexWrite.PatchVectors patch) {
            return new IndexWrite.PatchVectors(patch.key(), patch.stamp(), normalised(patch.vectors()));
        } else if (write instanceof IndexWrite.PatchMetadata patch) {
            return new IndexWrite.PatchMetadata(patch.key(), patch.stamp(), patch.patch(), normalised(patch.vectors()));
        }
        return write;
    }

    private static Map<String, Embedding> normalised(Map<String, Embedding> vectors) {
        return vectors.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, vector -> vector.getValue().normalised()));
    }
}
