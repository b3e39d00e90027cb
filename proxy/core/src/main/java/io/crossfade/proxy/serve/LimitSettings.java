package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.settings.Bytes;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;

/**
 * Limits of what one call may ask of a collection.
 *
 * @param batch most documents or keys in a call
 * @param topK most hits of a query
 * @param textBytes of one document, as UTF-8
 * @param metadataBytes of one document, encoded
 * @param maxMatched most documents that a filtered change applies to without an expected count
 * @param callsInFlight most calls of the collection under way; more are refused
 */
public record LimitSettings(
        @Default("1000") int batch,
        @Default("1000") int topK,
        @Bytes @Default("1MiB") int textBytes,
        @Bytes @Default("256KiB") int metadataBytes,
        @Default("10000") int maxMatched,
        @Default("1024") int callsInFlight) {
    public LimitSettings {
        new Check()
                .positive("batch", batch)
                .positive("top_k", topK)
                .positive("text_bytes", textBytes)
                .positive("metadata_bytes", metadataBytes)
                .positive("max_matched", maxMatched)
                .positive("calls_in_flight", callsInFlight)
                .done();
    }

    /** The limits as callers are told of them. */
    public Description.Limits described(int idBytes, int messageBytes) {
        return new Description.Limits(batch, topK, textBytes, metadataBytes, idBytes, messageBytes, maxMatched);
    }
}
