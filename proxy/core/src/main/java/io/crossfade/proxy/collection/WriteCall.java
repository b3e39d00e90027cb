package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.WriteOp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to write.
 *
 * @param writes each key at most once
 * @param writeId the same for each repetition of a call; "" if the call has none
 * @param client who asks, as it calls itself; "" if it does not
 * @param onlyIf a document is written only if it matches where it is written; null for all
 */
public record WriteCall(
        List<WriteOp> writes,
        String writeId,
        String client,
        @Nullable Filter onlyIf) {
    public WriteCall {
        writes = List.copyOf(writes);
    }

    /** Makes a call that writes whatever stands there. */
    public WriteCall(List<WriteOp> writes, String writeId, String client) {
        this(writes, writeId, client, null);
    }

    /** Whether what stands where it is written decides if it is written. */
    public boolean isConditional() {
        return onlyIf != null || writes.stream().anyMatch(WriteOp::isConditional);
    }

    /** Makes a call of nobody in particular that is never repeated. */
    public static WriteCall of(WriteOp... writes) {
        return new WriteCall(List.of(writes), "", "");
    }
}
