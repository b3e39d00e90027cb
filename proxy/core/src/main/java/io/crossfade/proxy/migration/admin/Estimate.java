package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.Slice;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What a migration would take, estimated from a sample of the leader's documents.
 *
 * @param withoutText documents that can neither be carried nor embedded as they are, in all
 * @param tokens roughly: a quarter of the characters, in all
 * @param seconds to embed them, at the rate measured on a part of the sample
 */
public record Estimate(long documents, long withoutText, long tokens, double seconds, long sampled) {
    private static final int SAMPLE = 1_000;
    private static final int TIMED = 64;
    private static final int CHARACTERS_PER_TOKEN = 4;

    static CompletableFuture<Estimate> of(Participant from, Participant to, Duration timeout, Time time) {
        return from.index()
                .count(null, timeout)
                .thenCompose(documents -> from.index()
                        .scan(new ScanQuery("", Slice.ALL, null, null, Projection.CONTENT, SAMPLE), timeout)
                        .thenCompose(page -> estimate(from, to, documents, page.documents(), time)));
    }

    private static CompletableFuture<Estimate> estimate(
            Participant from, Participant to, long documents, List<StoredDocument> sample, Time time) {
        List<Embedder> embedders = new ArrayList<>();
        for (String field : to.spaces().keySet()) {
            Embedder embedder = to.embedder(field);
            if (embedder != null && !to.canCarry(field, from)) {
                embedders.add(embedder);
            }
        }
        List<String> texts = new ArrayList<>();
        for (StoredDocument document : sample) {
            String text = from.textSource().of(document.text(), document.metadata());
            if (text != null) {
                texts.add(text);
            }
        }
        if (embedders.isEmpty() || sample.isEmpty()) {
            return CompletableFuture.completedFuture(new Estimate(documents, 0, 0, 0, sample.size()));
        }
        double scale = (double) documents / sample.size();
        long characters = texts.stream().mapToLong(String::length).sum();
        long withoutText = sample.size() - texts.size();
        return secondsPerText(embedders, texts.subList(0, Math.min(TIMED, texts.size())), time)
                .thenApply(seconds -> new Estimate(
                        documents,
                        Math.round(withoutText * scale),
                        Math.round(characters * scale / CHARACTERS_PER_TOKEN),
                        seconds * documents,
                        sample.size()));
    }

    private static CompletableFuture<Double> secondsPerText(List<Embedder> embedders, List<String> texts, Time time) {
        if (texts.isEmpty()) {
            return CompletableFuture.completedFuture(0.0);
        }
        long began = time.nanos();
        CompletableFuture<?>[] all = embedders.stream()
                .map(embedder -> embedder.embed(texts, Embedder.Use.BACKFILL))
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(all).thenApply(done -> (time.nanos() - began) / 1e9 / texts.size());
    }
}
