package io.crossfade.proxy.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What became of a write, asked when it is over. */
public final class Replies {
    private Replies() {}

    public static WriteReply.Result result(CompletableFuture<WriteReply> reply) {
        assertThat(reply).isCompleted();
        return reply.join().results().get(0);
    }

    public static CallException failure(CompletableFuture<?> reply) {
        assertThat(reply).isCompletedExceptionally();
        Throwable failed = reply.handle((done, thrown) -> thrown).join();
        Throwable cause = failed instanceof CompletionException ? failed.getCause() : failed;
        return (CallException) Objects.requireNonNull(cause, "cause");
    }
}
