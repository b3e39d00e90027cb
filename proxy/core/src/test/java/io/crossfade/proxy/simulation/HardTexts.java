package io.crossfade.proxy.simulation;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The model of the new index, which fails on some texts each time, alone or in a batch with others, as with a status of
 * 500 or after a while, as with a timeout; until it is mended. It does not refuse them.
 */
final class HardTexts implements Embedder {
    /** What its failures say. */
    static final String FAILURE = "status 500";

    private static final String MARK = " hard";
    private static final Duration MENDED_FOR = Duration.ofSeconds(2);
    private static final int LONGEST = 300;

    private final Scenario scenario;
    private final Docs.Model model;
    private @Nullable FakeTime time;
    private long mendedUntil;

    HardTexts(Scenario scenario, Docs.Model model) {
        this.scenario = scenario;
        this.model = model;
    }

    /** Must be told before the first call. */
    void time(FakeTime next) {
        time = next;
    }

    /** A text that it fails on. */
    static String hard(String text) {
        return text + MARK;
    }

    static boolean isHard(@Nullable StoredDocument document) {
        return document != null && document.text() != null && document.text().endsWith(MARK);
    }

    /** Takes all texts for a while. */
    void mend() {
        if (time != null) {
            mendedUntil = time.nanos() + MENDED_FOR.toNanos();
        }
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        FakeTime now = time;
        if (now == null || now.nanos() < mendedUntil || texts.stream().noneMatch(text -> text.endsWith(MARK))) {
            return model.embed(texts, use);
        }
        CompletableFuture<List<Embedding>> failing = new CompletableFuture<>();
        Duration late = scenario.chance().is(0.5, "fails late", now.nanos())
                ? Duration.ofMillis(scenario.chance().below(LONGEST, "how late it fails", now.nanos()))
                : Duration.ZERO;
        now.after(late, () -> failing.completeExceptionally(new EmbeddingException(FAILURE, false, null)));
        return failing;
    }

    @Override
    public void close() {
        model.close();
    }
}
