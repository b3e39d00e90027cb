package io.crossfade.proxy.embed;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.Branches;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Embeds a text once. Vectors are remembered in a bounded, lossy cache under a hash of the text; a text that is under
 * way already is waited for. Under way counts for the same use only: a query must not wait in a backfill's queue. The
 * texts under way are bounded by the queues of the next stage, which refuses what does not fit.
 */
final class CachingEmbedder implements Embedder {
    private static final int ENTRY_BYTES = 128;

    private final Cache<ByteBuffer, Embedding> cache;
    private final ConcurrentMap<UnderWay, CompletableFuture<Embedding>> underWay = new ConcurrentHashMap<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final BatchingEmbedder next;

    CachingEmbedder(long maxBytes, BatchingEmbedder next) {
        this.next = next;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .<ByteBuffer, Embedding>weigher((key, vector) -> ENTRY_BYTES + vector.dimensions() * Float.BYTES)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        List<CompletableFuture<Embedding>> vectors = new ArrayList<>(texts.size());
        List<String> missing = new ArrayList<>();
        List<UnderWay> started = new ArrayList<>();
        for (String text : texts) {
            UnderWay key = new UnderWay(hash(text), use);
            CompletableFuture<Embedding> mine = new CompletableFuture<>();
            CompletableFuture<Embedding> known = known(key, mine);
            vectors.add(known);
            if (known == mine) {
                missing.add(text);
                started.add(key);
            }
        }
        hits.add(texts.size() - missing.size());
        misses.add(missing.size());
        if (!missing.isEmpty()) {
            List<CompletableFuture<Embedding>> embedded = next.embedEach(missing, use);
            for (int i = 0; i < started.size(); i++) {
                UnderWay key = started.get(i);
                Branches.take(embedded.get(i), (vector, failure) -> finish(key, vector, failure));
            }
        }
        return Futures.all(vectors);
    }

    /** Asks for all, and remembers what comes. */
    @Override
    public CompletableFuture<List<Embedding>> embedAnew(List<String> texts, Use use) {
        misses.add(texts.size());
        List<CompletableFuture<Embedding>> embedded = next.embedEach(texts, use);
        for (int i = 0; i < texts.size(); i++) {
            ByteBuffer hash = hash(texts.get(i));
            Branches.take(embedded.get(i), (vector, failure) -> {
                if (vector != null) {
                    cache.put(hash, vector);
                }
            });
        }
        return Futures.all(embedded);
    }

    long hits() {
        return hits.sum();
    }

    long misses() {
        return misses.sum();
    }

    @Override
    public void close() {
        next.close();
    }

    /** The vector of the text, or the future that will have it; {@code mine} if nobody embeds it yet. */
    private CompletableFuture<Embedding> known(UnderWay key, CompletableFuture<Embedding> mine) {
        Embedding cached = cache.getIfPresent(key.text);
        if (cached != null) {
            return CompletableFuture.completedFuture(cached);
        }
        CompletableFuture<Embedding> running = underWay.putIfAbsent(key, mine);
        return running == null ? mine : running;
    }

    private void finish(UnderWay key, @Nullable Embedding vector, @Nullable Throwable failure) {
        if (vector != null) {
            cache.put(key.text, vector);
        }
        CompletableFuture<Embedding> waiting = underWay.remove(key);
        if (waiting != null && vector != null) {
            waiting.complete(vector);
        } else if (waiting != null && failure != null) {
            waiting.completeExceptionally(EmbeddingException.of(failure));
        }
    }

    private static ByteBuffer hash(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return ByteBuffer.wrap(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private record UnderWay(ByteBuffer text, Use use) {}
}
