package io.crossfade.proxy.harness;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Short words for documents: their value is a text, and their vectors are made from it. */
public final class Docs {
    private Docs() {}

    /** The vector that a space's model makes of a text. Texts with different hash codes have different vectors. */
    public static Embedding vector(String space, String text) {
        int hash = text.hashCode();
        return Embedding.of((space.charAt(0) << 16) + (hash >>> 16), hash & 0xffff);
    }

    public static NamedVector named(String space, String text) {
        return new NamedVector("", space, vector(space, text));
    }

    /** With the text and its vector of the space. */
    public static WriteOp put(Key key, String space, String value) {
        return put(key, value, List.of(named(space, value)));
    }

    public static WriteOp put(Key key, @Nullable String text, List<NamedVector> vectors) {
        Map<String, Value> metadata = text == null ? Map.of() : Map.of("value", Value.of(text));
        return new WriteOp.Upsert(new Document(key, text, vectors, metadata, null));
    }

    public static WriteOp patch(Key key, String name, String value) {
        return new WriteOp.UpdateMetadata(key, MetadataPatch.set(Map.of(name, Value.of(value))));
    }

    public static WriteOp delete(Key key) {
        return new WriteOp.Delete(key);
    }

    /** The text; null for an absent document. */
    public static @Nullable String value(@Nullable StoredDocument document) {
        return document == null ? null : document.text();
    }

    /** A model that counts what it embeds and refuses texts that contain "unfit". */
    public static final class Model implements Embedder {
        private final String space;
        private final AtomicInteger embedded = new AtomicInteger();
        private final AtomicInteger calls = new AtomicInteger();
        private volatile boolean down;

        public Model(String space) {
            this.space = space;
        }

        public int embedded() {
            return embedded.get();
        }

        /** How often it was asked for what it does not refuse. */
        public int calls() {
            return calls.get();
        }

        /** Fails for all texts while true; at other times for those with "stuck" in them. */
        public void down(boolean next) {
            down = next;
        }

        @Override
        public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
            if (texts.stream().anyMatch(text -> text.contains("unfit"))) {
                return CompletableFuture.failedFuture(new EmbeddingException("too long", true, null));
            }
            calls.incrementAndGet();
            if (down || texts.stream().anyMatch(text -> text.contains("stuck"))) {
                return CompletableFuture.failedFuture(new EmbeddingException("status 500", false, null));
            }
            embedded.addAndGet(texts.size());
            return CompletableFuture.completedFuture(
                    texts.stream().map(text -> vector(space, text)).toList());
        }

        @Override
        public void close() {}
    }
}
