package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Key;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call that writes, as far as it matters for repeating it. */
interface Repeatable {
    /** The same for each repetition; "" if the call has none. */
    String writeId();

    /** A hash of all that it asks for. */
    long content();

    /** The keys of its results, in order; null if only the results tell. */
    @Nullable
    List<Key> keys();

    /** Does it. */
    CompletableFuture<WriteReply> begin(Duration timeout);

    /**
     * Does what an earlier try has not done, and has said so: whatever {@code FAILED} there. The reply is that of the
     * whole call.
     */
    CompletableFuture<WriteReply> goOn(WriteReply before, Duration timeout);
}
