package io.crossfade.proxy.embed;

import io.crossfade.proxy.embed.Embedder.Use;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Gathers texts into requests. Each use has a bounded queue; the first use that waits is served first, whenever a slot
 * and the budget allow. Replay and backfill leave one slot free, if there are several, so a query waits for at most one
 * of their requests. Lossless: a text that does not fit into its queue is refused, naming the limit.
 *
 * <p>All state is guarded by this object's monitor; requests are sent and futures completed outside it.
 */
final class BatchingEmbedder implements AutoCloseable {
    private static final int MAX_BATCH_CHARACTERS = 100_000;

    private final String space;
    private final EmbedderOptions options;
    private final Budget budget;
    private final Time time;
    private final Embedder next;
    private final AtomicInteger dispatches = new AtomicInteger();
    private final Map<Use, WaitingTexts> queues = new EnumMap<>(Use.class);
    private Time.@Nullable Timer budgetTimer;
    private int running;
    private long sent;
    private boolean closed;

    BatchingEmbedder(String space, EmbedderOptions options, Budget budget, Time time, Embedder next) {
        this.space = space;
        this.options = options;
        this.budget = budget;
        this.time = time;
        this.next = next;
        for (Use use : Use.values()) {
            queues.put(use, new WaitingTexts(use, options));
        }
    }

    /** Embeds each text with a future of its own, because the fate of one is not that of the others. */
    List<CompletableFuture<Embedding>> embedEach(List<String> texts, Use use) {
        List<WaitingText> waiting = texts.stream().map(WaitingText::new).toList();
        EmbeddingException refusal = enqueue(waiting, use);
        if (refusal == null) {
            dispatch();
        } else {
            waiting.forEach(each -> each.vector().completeExceptionally(refusal));
        }
        return waiting.stream().map(WaitingText::vector).toList();
    }

    synchronized Map<Use, Integer> waiting() {
        Map<Use, Integer> sizes = new EnumMap<>(Use.class);
        queues.forEach((use, queue) -> sizes.put(use, queue.size()));
        return sizes;
    }

    synchronized long sent() {
        return sent;
    }

    @Override
    public void close() {
        List<WaitingText> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            queues.values().forEach(queue -> left.addAll(queue.takeAll()));
        }
        left.forEach(each -> each.vector().completeExceptionally(closedException()));
        next.close();
    }

    private synchronized @Nullable EmbeddingException enqueue(List<WaitingText> texts, Use use) {
        if (closed) {
            return closedException();
        }
        String full = queue(use).add(texts);
        return full == null ? null : EmbeddingException.notTried("embedder of space " + space + ": " + full);
    }

    /** Sends what can be sent. A dispatch that comes while one is running is done by that one: no recursion. */
    private void dispatch() {
        if (dispatches.getAndIncrement() > 0) {
            return;
        }
        int done = 1;
        do {
            for (Batch batch = nextBatch(); batch != null; batch = nextBatch()) {
                send(batch);
            }
            done = dispatches.addAndGet(-done);
        } while (done > 0);
    }

    private synchronized @Nullable Batch nextBatch() {
        for (Use use : Use.values()) {
            WaitingTexts queue = queue(use);
            if (queue.size() > 0) {
                return running < slots(use) ? takeWithinBudget(queue, use) : null;
            }
        }
        return null;
    }

    private @Nullable Batch takeWithinBudget(WaitingTexts queue, Use use) {
        List<String> texts = queue.peek(options.batch(), MAX_BATCH_CHARACTERS);
        Duration wait = budget.take(texts);
        if (!wait.isZero()) {
            dispatchAfter(wait);
            return null;
        }
        running++;
        sent += texts.size();
        return new Batch(use, queue.take(texts.size()));
    }

    private void dispatchAfter(Duration wait) {
        if (budgetTimer == null) {
            budgetTimer = time.after(wait, () -> {
                synchronized (this) {
                    budgetTimer = null;
                }
                dispatch();
            });
        }
    }

    private int slots(Use use) {
        boolean background = use == Use.REPLAY || use == Use.BACKFILL;
        return background && options.inFlight() > 1 ? options.inFlight() - 1 : options.inFlight();
    }

    private void send(Batch batch) {
        Branches.take(next.embed(batch.strings(), batch.use), (vectors, failure) -> {
            boolean split = failure != null
                    && batch.texts.size() > 1
                    && EmbeddingException.of(failure).isPermanent();
            synchronized (this) {
                running--;
                if (split) {
                    queue(batch.use).putBackAlone(batch.texts);
                }
            }
            if (!split) {
                batch.finish(vectors, failure);
            }
            dispatch();
        });
    }

    private WaitingTexts queue(Use use) {
        WaitingTexts queue = queues.get(use);
        if (queue == null) {
            throw new IllegalStateException("no queue for " + use);
        }
        return queue;
    }

    private EmbeddingException closedException() {
        return EmbeddingException.notTried("embedder of space " + space + ": closed");
    }

    private record Batch(Use use, List<WaitingText> texts) {
        List<String> strings() {
            return texts.stream().map(WaitingText::text).toList();
        }

        void finish(List<Embedding> vectors, @Nullable Throwable failure) {
            for (int i = 0; i < texts.size(); i++) {
                if (failure == null) {
                    texts.get(i).vector().complete(vectors.get(i));
                } else {
                    texts.get(i).vector().completeExceptionally(EmbeddingException.of(failure));
                }
            }
        }
    }
}
