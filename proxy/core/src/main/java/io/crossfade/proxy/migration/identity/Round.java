package io.crossfade.proxy.migration.identity;

import io.crossfade.proxy.time.Branches;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one index, one look after the other. Who asks gets the answer of a look that has begun since: many who ask
 * at once share one. Guarded by this; no look is begun under it.
 */
final class Round {
    private boolean running;
    private @Nullable CompletableFuture<Vouch> next;

    /** Completes with the next look; which of the askers' looks it is does not matter. */
    CompletableFuture<Vouch> next(Supplier<CompletableFuture<Vouch>> look) {
        CompletableFuture<Vouch> mine;
        boolean begins;
        synchronized (this) {
            mine = next == null ? new CompletableFuture<>() : next;
            next = mine;
            begins = !running;
            running = true;
        }
        if (begins) {
            run(look);
        }
        return mine.copy();
    }

    private void run(Supplier<CompletableFuture<Vouch>> look) {
        CompletableFuture<Vouch> answer;
        synchronized (this) {
            CompletableFuture<Vouch> waiting = next;
            if (waiting == null) {
                running = false;
                return;
            }
            answer = waiting;
            next = null;
        }
        Branches.take(CompletableFuture.completedFuture(look).thenCompose(Supplier::get), (vouch, failed) -> {
            if (failed == null) {
                answer.complete(vouch);
            } else {
                answer.completeExceptionally(failed);
            }
            run(look);
        });
    }
}
