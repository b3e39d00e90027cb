package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.ScanQuery;
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
 * @param withoutText documents that can neither be carried nor embedded as they are, in all: those without text, or with
 *     one that the model refuses
 * @param tokens roughly: a quarter of the characters, in all
 * @param seconds to embed them, at the rate that the model had on a part of the sample
 */
public record Estimate(long documents, long withoutText, long tokens, double seconds, long sampled) {
    private static final int SAMPLE = 1_000;
    private static final int TIMED = 64;
    private static final int CHARACTERS_PER_TOKEN = 4;

    static CompletableFuture<Estimate> of(Participant from, Participant to, Duration timeout, Time time) {
        return from.index()
                .count(null, timeout)
                .thenCompose(documents -> from.index()
                        .scan(new ScanQuery("", null, null, Projection.CONTENT, SAMPLE), timeout)
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
            if (text != null && !text.isBlank()) {
                texts.add(text);
            }
        }
        if (embedders.isEmpty() || sample.isEmpty()) {
            return CompletableFuture.completedFuture(new Estimate(documents, 0, 0, 0, sample.size()));
        }
        List<String> tried = texts.subList(0, Math.min(TIMED, texts.size()));
        return tried(embedders, tried, time)
                .thenApply(trials -> new Extrapolation(documents, sample.size(), texts, tried, trials).estimate());
    }

    /** One after the other, as the backfill asks them. */
    private static CompletableFuture<List<EmbeddingTrial>> tried(
            List<Embedder> embedders, List<String> texts, Time time) {
        List<EmbeddingTrial> trials = new ArrayList<>();
        CompletableFuture<List<EmbeddingTrial>> steps = CompletableFuture.completedFuture(trials);
        if (texts.isEmpty()) {
            return steps;
        }
        for (Embedder embedder : embedders) {
            steps = steps.thenCompose(
                    done -> new EmbeddingTrial(embedder, time).of(texts).thenApply(trial -> {
                        trials.add(trial);
                        return trials;
                    }));
        }
        return steps;
    }

    /**
     * From the sample to all.
     *
     * @param texts of the sample
     * @param tried the part of them that models were asked for
     */
    private record Extrapolation(
            long documents, int sampled, List<String> texts, List<String> tried, List<EmbeddingTrial> trials) {
        Estimate estimate() {
            double scale = (double) documents / sampled;
            double embeddable = texts.size() * (1 - refusedShare());
            long characters = texts.stream().mapToLong(String::length).sum();
            double secondsPerText =
                    trials.stream().mapToDouble(EmbeddingTrial::secondsPerText).sum();
            return new Estimate(
                    documents,
                    Math.round((sampled - embeddable) * scale),
                    Math.round(characters * scale / CHARACTERS_PER_TOKEN),
                    secondsPerText * embeddable * scale,
                    sampled);
        }

        private double refusedShare() {
            long refused = tried.stream()
                    .filter(text ->
                            trials.stream().anyMatch(trial -> trial.refused().contains(text)))
                    .count();
            return tried.isEmpty() ? 0 : (double) refused / tried.size();
        }
    }
}
