package io.crossfade.proxy.migration.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.TextSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dry run of a start says that the migration takes. */
final class EstimateTest {
    @TempDir
    private Path directory;

    private final Map<String, Embedder> embedders = new HashMap<>();

    private Fleet fleet(String... texts) {
        Fleet fleet = new Fleet(directory, 1, "b", TextSource.OWN, embedders, Map.of());
        embedders.put("", new Model(fleet.time));
        fleet.start();
        for (int i = 0; i < texts.length; i++) {
            fleet.await(fleet.first().write(Docs.put(Key.of("k" + i), texts[i], List.of(Docs.named("a", texts[i])))));
        }
        return fleet;
    }

    private static Estimate estimate(Fleet fleet) {
        Admin.StartRequest dryRun = new Admin.StartRequest("new", Map.of(), true, Optional.empty());
        return fleet.await(fleet.first().admin().start(dryRun)).estimate().orElseThrow();
    }

    @Test
    void textsThatCannotBeEmbedded_areCounted_andTheOthersAreTimed() {
        Estimate estimate = estimate(fleet("a", "b", " \n", "c", "unfit", "d", "e", "f"));

        assertThat(estimate.documents()).isEqualTo(8);
        assertThat(estimate.withoutText()).isEqualTo(2);
        assertThat(estimate.seconds()).isCloseTo(6, within(0.2));
    }

    @Test
    void repeated_timesTheModel_thoughItsVectorsAreKnown() {
        Fleet fleet = fleet("a", "b", "c", "d");
        assertThat(estimate(fleet).seconds()).isCloseTo(4, within(0.2));
        assertThat(estimate(fleet).seconds()).isCloseTo(4, within(0.2));
    }

    @Test
    void modelFailsForNow_theEstimateFailsWithTheReason() {
        Fleet fleet = fleet("down");
        assertThatThrownBy(() -> estimate(fleet)).hasMessageContaining("status 503");
    }

    /** Takes a second for each text whose vector it does not know. Blank texts, and those with "unfit" in them, are refused. */
    private static final class Model implements Embedder {
        private final Set<String> known = new HashSet<>();
        private final FakeTime time;

        Model(FakeTime time) {
            this.time = time;
        }

        @Override
        public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
            return take(
                    texts, texts.stream().filter(text -> !known.contains(text)).count());
        }

        @Override
        public CompletableFuture<List<Embedding>> embedAnew(List<String> texts, Use use) {
            return take(texts, texts.size());
        }

        private CompletableFuture<List<Embedding>> take(List<String> texts, long seconds) {
            if (texts.contains("down")) {
                return CompletableFuture.failedFuture(new EmbeddingException("status 503", false, null));
            }
            if (texts.stream().anyMatch(text -> text.isBlank() || text.contains("unfit"))) {
                return CompletableFuture.failedFuture(new EmbeddingException("refused", true, null));
            }
            known.addAll(texts);
            return time.rest(Duration.ofSeconds(seconds))
                    .thenApply(done ->
                            texts.stream().map(text -> Docs.vector("b", text)).toList());
        }

        @Override
        public void close() {}
    }
}
