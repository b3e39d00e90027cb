package io.crossfade.proxy.route;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** How the writes of one kind of route are done. */
@FunctionalInterface
public interface WritePath<R extends Route> {
    /**
     * Does the writes of a call; completes with results in their order. Nothing of it lasts before it is admitted.
     */
    CompletableFuture<List<WriteReply.Result>> write(R route, WriteCall call, Duration timeout, Admission admission);
}
