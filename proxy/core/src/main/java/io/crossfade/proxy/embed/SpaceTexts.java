package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Makes each text what the space prescribes: cut first, then prefixed. A blank text is refused. */
final class SpaceTexts implements Embedder {
    private final Space space;
    private final Embedder next;

    SpaceTexts(Space space, Embedder next) {
        this.space = space;
        this.next = next;
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        return prepared(texts, use).thenCompose(prepared -> next.embed(prepared, use));
    }

    @Override
    public CompletableFuture<List<Embedding>> embedAnew(List<String> texts, Use use) {
        return prepared(texts, use).thenCompose(prepared -> next.embedAnew(prepared, use));
    }

    private CompletableFuture<List<String>> prepared(List<String> texts, Use use) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isBlank()) {
                return CompletableFuture.failedFuture(
                        new EmbeddingException("texts[" + i + "]: blank (expected: something to embed)", true, null));
            }
        }
        String prefix = use == Use.QUERY ? space.queryPrefix() : space.documentPrefix();
        return CompletableFuture.completedFuture(
                texts.stream().map(text -> prefix + cut(text)).toList());
    }

    /** Cuts the text, but never between the two halves of a surrogate pair. */
    private String cut(String text) {
        int end = space.maxChars();
        if (end == 0 || text.length() <= end) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
    }

    @Override
    public void close() {
        next.close();
    }
}
