package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.WriteOp;
import java.util.List;

/**
 * What to write.
 *
 * @param writes each key at most once
 * @param writeId the same for each repetition of a call; "" if the call has none
 * @param client who asks, as it calls itself; "" if it does not
 */
public record WriteCall(List<WriteOp> writes, String writeId, String client) {
    public WriteCall {
        writes = List.copyOf(writes);
    }

    /** Makes a call of nobody in particular that is never repeated. */
    public static WriteCall of(WriteOp... writes) {
        return new WriteCall(List.of(writes), "", "");
    }
}
