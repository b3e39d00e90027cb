package io.crossfade.proxy.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.embed.Embedder.Use;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EmbedderChainTest {
    private static final Space SPACE =
            new Space("small", "m", "", 2, Space.Metric.COSINE, false, "document: ", "query: ", 5);
    private static final EmbeddingException FAILURE = new EmbeddingException("model is ill", false, null);

    private final FakeTime time = new FakeTime();
    private final ScriptedModel model = new ScriptedModel();

    @Test
    void text_isCutAndPrefixed_asTheSpacePrescribes() {
        EmbedderChain chain = chain(Map.of());
        chain.embed(List.of("abcdefgh"), Use.QUERY);
        chain.embed(List.of("abcd\uD83D\uDE00"), Use.LIVE_WRITE);
        assertThat(model.request(0).texts()).containsExactly("query: abcde");
        assertThat(model.request(1).texts()).containsExactly("document: abcd");
    }

    @Test
    void vectors_areNormalised_ifTheSpaceSaysSo() {
        Space normalised = new Space("n", "m", "", 2, Space.Metric.COSINE, true, "", "", 0);
        EmbedderChain chain = EmbedderChain.around(normalised, model, options(Map.of()), time);
        CompletableFuture<List<Embedding>> vectors = chain.embed(List.of("x"), Use.QUERY);
        model.request(0).reply().complete(List.of(Embedding.of(3, 4)));
        assertThat(vectors).isCompletedWithValue(List.of(Embedding.of(0.6f, 0.8f)));
    }

    @Test
    void blankText_isRefusedForGood_withoutAskingTheModel() {
        assertFails(chain(Map.of()).embed(List.of("a", " \n"), Use.QUERY), true, "texts[1]: blank");
        assertThat(model.requests()).isEmpty();
    }

    @Test
    void wrongDimension_failsNamingBoth_andIsNoFaultOfTheText() {
        CompletableFuture<List<Embedding>> vectors =
                chain(Map.of("attempts", 1)).embed(List.of("a"), Use.QUERY);
        model.request(0).reply().complete(List.of(Embedding.of(1, 2, 3)));
        assertFails(vectors, false, "embedder of space small: 3 dimensions (expected: 2)");
    }

    @Test
    void wrongCount_failsNamingBoth() {
        CompletableFuture<List<Embedding>> vectors =
                chain(Map.of("attempts", 1)).embed(List.of("a", "b"), Use.QUERY);
        model.request(0).reply().complete(List.of(Embedding.of(1, 2)));
        assertFails(vectors, false, "1 vectors (expected: 2, one for each text)");
    }

    @Test
    void knownText_isNotEmbeddedAgain() {
        EmbedderChain chain = chain(Map.of());
        chain.embed(List.of("a", "b"), Use.BACKFILL);
        model.request(0).answer();
        CompletableFuture<List<Embedding>> again = chain.embed(List.of("b", "c", "a"), Use.LIVE_WRITE);
        assertThat(model.request(1).texts()).containsExactly("document: c");
        model.request(1).answer();
        assertThat(again)
                .isCompletedWithValue(List.of(
                        ScriptedModel.vector("document: b"),
                        ScriptedModel.vector("document: c"),
                        ScriptedModel.vector("document: a")));
        assertThat(chain.stats().hits()).isEqualTo(2);
        assertThat(chain.stats().misses()).isEqualTo(3);
    }

    @Test
    void knownText_isEmbeddedAgain_forWhoMeasuresTheModel_andIsRemembered() {
        EmbedderChain chain = chain(Map.of());
        chain.embed(List.of("a"), Use.BACKFILL);
        model.request(0).answer();
        CompletableFuture<List<Embedding>> anew = chain.embedAnew(List.of("a", "b", "a"), Use.BACKFILL);
        assertThat(model.request(1).texts()).containsExactly("document: a", "document: b", "document: a");
        model.request(1).answer();
        assertThat(anew).isCompleted();
        assertThat(chain.embed(List.of("b"), Use.BACKFILL)).isCompleted();
    }

    @Test
    void textUnderWay_isWaitedFor() {
        EmbedderChain chain = chain(Map.of());
        CompletableFuture<List<Embedding>> first = chain.embed(List.of("a", "a"), Use.LIVE_WRITE);
        CompletableFuture<List<Embedding>> second = chain.embed(List.of("a"), Use.LIVE_WRITE);
        assertThat(model.requests()).hasSize(1);
        assertThat(model.request(0).texts()).hasSize(1);
        model.request(0).answer();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void failure_isNotRemembered() {
        EmbedderChain chain = chain(Map.of("attempts", 1));
        chain.embed(List.of("a"), Use.LIVE_WRITE);
        model.request(0).fail(FAILURE);
        chain.embed(List.of("a"), Use.LIVE_WRITE);
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void cacheOfNothing_remembersNothing() {
        EmbedderChain chain = chain(Map.of("cache_bytes", 0));
        chain.embed(List.of("a"), Use.LIVE_WRITE);
        model.request(0).answer();
        chain.embed(List.of("a"), Use.LIVE_WRITE);
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void query_waitsForAtMostOneRequestOfABackfill() {
        EmbedderChain chain = chain(Map.of("in_flight", 1, "batch", 4));
        chain.embed(texts(40), Use.BACKFILL);
        chain.embed(List.of("r"), Use.REPLAY);
        chain.embed(List.of("w"), Use.LIVE_WRITE);
        chain.embed(List.of("q"), Use.QUERY);
        for (int i = 0; i < 4; i++) {
            model.request(i).answer();
        }
        assertThat(model.requests())
                .extracting(ScriptedModel.Request::use)
                .containsExactly(Use.BACKFILL, Use.QUERY, Use.LIVE_WRITE, Use.REPLAY, Use.BACKFILL);
        assertThat(chain.stats().waiting()).containsEntry(Use.BACKFILL, 32);
    }

    @Test
    void backfill_leavesOneSlotFree() {
        EmbedderChain chain = chain(Map.of("in_flight", 3, "batch", 4));
        chain.embed(texts(40), Use.BACKFILL);
        assertThat(model.requests()).hasSize(2);
        chain.embed(List.of("q"), Use.QUERY);
        assertThat(model.requests()).hasSize(3);
    }

    @Test
    void fullQueue_refusesNamingTheLimit() {
        EmbedderChain chain = chain(Map.of("in_flight", 1, "batch", 1, "queue", 2, "queue_bytes", 100));
        chain.embed(List.of("a"), Use.BACKFILL);
        chain.embed(List.of("b", "c"), Use.BACKFILL);
        assertFails(
                chain.embed(List.of("d"), Use.BACKFILL),
                false,
                "queue full for backfill: 3 texts (expected: at most queue: 2)");
        assertFails(
                chain.embed(List.of("eeeee", "fffff", "ggggg"), Use.QUERY),
                false,
                "queue full for query: 3 texts (expected: at most queue: 2)");
        CompletableFuture<List<Embedding>> query = chain.embed(List.of("h"), Use.QUERY);
        IntStream.range(0, 4).forEach(i -> model.request(i).answer());
        assertThat(query).isCompleted();
    }

    @Test
    void queueFullOfLongTexts_refusesNamingTheBytes() {
        EmbedderChain chain = chain(Map.of("in_flight", 1, "batch", 1, "queue_bytes", 50));
        chain.embed(List.of("aaaaa"), Use.BACKFILL);
        chain.embed(List.of("bbbbb"), Use.BACKFILL);
        assertFails(
                chain.embed(List.of("ccccc"), Use.BACKFILL),
                false,
                "queue full for backfill: 60 bytes (expected: at most queue_bytes: 50)");
    }

    @Test
    void refusedText_failsAlone_andNotTheTextsBesideIt() {
        EmbedderChain chain = chain(Map.of());
        CompletableFuture<List<Embedding>> first = chain.embed(List.of("x"), Use.LIVE_WRITE);
        CompletableFuture<List<Embedding>> second = chain.embed(List.of("x", "y"), Use.LIVE_WRITE);
        model.request(0).answer();
        model.request(1).answer();
        CompletableFuture<List<Embedding>> mixed = chain.embed(List.of("bad", "good"), Use.LIVE_WRITE);
        CompletableFuture<List<Embedding>> good = chain.embed(List.of("good"), Use.LIVE_WRITE);
        model.request(2).fail(new EmbeddingException("too long", true, null));
        assertThat(model.request(3).texts()).containsExactly("document: bad");
        assertThat(model.request(4).texts()).containsExactly("document: good");
        model.request(3).fail(new EmbeddingException("too long", true, null));
        model.request(4).answer();
        assertFails(mixed, true, "too long");
        assertThat(List.of(first, second, good))
                .allSatisfy(future -> assertThat(future).isCompleted());
    }

    @Test
    void budgetOfRequests_isKept_andQueriesComeFirst() {
        EmbedderChain chain = chain(Map.of("requests_per_minute", 60, "in_flight", 10, "batch", 1));
        chain.embed(List.of("a", "b", "c"), Use.BACKFILL);
        chain.embed(List.of("q"), Use.QUERY);
        assertThat(uses()).containsExactly(Use.BACKFILL);
        time.advance(Duration.ofMillis(999));
        assertThat(uses()).hasSize(1);
        time.advance(Duration.ofMillis(1));
        assertThat(uses()).containsExactly(Use.BACKFILL, Use.QUERY);
        time.advance(Duration.ofSeconds(2));
        assertThat(uses()).containsExactly(Use.BACKFILL, Use.QUERY, Use.BACKFILL, Use.BACKFILL);
    }

    @Test
    void budgetOfTokens_isKept() {
        EmbedderChain chain = chain(Map.of("tokens_per_minute", 60, "in_flight", 10, "batch", 1));
        chain.embed(List.of("aaaaa", "bbbbb", "ccccc"), Use.LIVE_WRITE);
        time.advance(Duration.ofSeconds(60));
        assertThat(model.requests()).hasSize(3);
        // Each is 15 characters long with its prefix: 4 tokens, and one second for each token.
        EmbedderChain other = chain(Map.of("tokens_per_minute", 60, "in_flight", 10, "batch", 1));
        other.embed(List.of("aaaaa", "bbbbb", "ccccc"), Use.LIVE_WRITE);
        time.advance(Duration.ofMillis(3999));
        assertThat(model.requests()).hasSize(4);
        time.advance(Duration.ofMillis(1));
        assertThat(model.requests()).hasSize(5);
    }

    @Test
    void failedRequest_isTriedAgain_afterAWaitThatDoubles_andNotForEver() {
        CompletableFuture<List<Embedding>> vectors = chain(Map.of()).embed(List.of("a"), Use.LIVE_WRITE);
        model.request(0).fail(FAILURE);
        time.advance(Duration.ofMillis(200));
        model.request(1).fail(FAILURE);
        time.advance(Duration.ofMillis(399));
        assertThat(model.requests()).hasSize(2);
        time.advance(Duration.ofMillis(1));
        model.request(2).fail(FAILURE);
        time.advance(Duration.ofHours(1));
        assertThat(model.requests()).hasSize(3);
        assertFails(vectors, false, "model is ill");
    }

    @Test
    void secondAttempt_canSucceed() {
        CompletableFuture<List<Embedding>> vectors = chain(Map.of()).embed(List.of("a"), Use.LIVE_WRITE);
        model.request(0).fail(FAILURE);
        time.advance(Duration.ofSeconds(1));
        model.request(1).answer();
        assertThat(vectors).isCompletedWithValue(List.of(ScriptedModel.vector("document: a")));
    }

    @Test
    void serverThatAsksToWait_isLeftAloneForSoLong_byAllRequests() {
        EmbedderChain chain = chain(Map.of());
        CompletableFuture<List<Embedding>> first = chain.embed(List.of("a"), Use.LIVE_WRITE);
        model.request(0).fail(EmbeddingException.limited("slow down", Duration.ofSeconds(3)));
        CompletableFuture<List<Embedding>> second = chain.embed(List.of("b"), Use.QUERY);
        time.advance(Duration.ofMillis(2999));
        assertThat(model.requests()).hasSize(1);
        time.advance(Duration.ofMillis(1));
        assertThat(model.requests()).hasSize(3);
        model.request(1).answer();
        model.request(2).answer();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void serverThatAsksToWaitForLong_isNotWaitedFor_norAsked() {
        EmbedderChain chain = chain(Map.of());
        CompletableFuture<List<Embedding>> first = chain.embed(List.of("a"), Use.LIVE_WRITE);
        model.request(0).fail(EmbeddingException.limited("slow down", Duration.ofMinutes(5)));
        assertFails(first, false, "slow down");
        chain.embed(List.of("b"), Use.QUERY);
        time.advance(Duration.ofSeconds(299));
        assertThat(model.requests()).hasSize(1);
        time.advance(Duration.ofSeconds(1));
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void modelThatKeepsFailing_isLeftAlone_untilOneRequestSucceeds() {
        EmbedderChain chain = chain(Map.of("attempts", 1));
        for (int i = 0; i < 5; i++) {
            chain.embed(List.of("text" + i), Use.LIVE_WRITE);
            model.request(i).fail(FAILURE);
        }
        assertThat(chain.stats().breakerOpen()).isTrue();
        assertFails(chain.embed(List.of("a"), Use.LIVE_WRITE), false, "breaker open");
        assertThat(model.requests()).hasSize(5);
        time.advance(Duration.ofMillis(5001));
        CompletableFuture<List<Embedding>> trial = chain.embed(List.of("a"), Use.LIVE_WRITE);
        model.request(5).answer();
        assertThat(trial).isCompleted();
        assertThat(chain.stats().breakerOpen()).isFalse();
    }

    @Test
    void refusedTexts_doNotOpenTheBreaker() {
        EmbedderChain chain = chain(Map.of());
        for (int i = 0; i < 30; i++) {
            chain.embed(List.of("text" + i), Use.LIVE_WRITE);
            model.request(i).fail(new EmbeddingException("too long", true, null));
        }
        assertThat(chain.stats().breakerOpen()).isFalse();
    }

    @Test
    void modelThatThrows_isAFailureLikeAnyOther() {
        Embedder throwing = new Embedder() {
            @Override
            public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void close() {}
        };
        EmbedderChain chain = EmbedderChain.around(SPACE, throwing, options(Map.of("attempts", 1)), time);
        assertFails(chain.embed(List.of("a"), Use.QUERY), false, "broken");
        assertFails(chain.embed(List.of("b"), Use.QUERY), false, "broken");
    }

    @Test
    void close_failsWhatWaits_andClosesTheModel() {
        EmbedderChain chain = chain(Map.of("in_flight", 1, "batch", 1));
        chain.embed(List.of("a"), Use.QUERY);
        CompletableFuture<List<Embedding>> waiting = chain.embed(List.of("b"), Use.QUERY);
        chain.close();
        assertFails(waiting, false, "closed");
        assertFails(chain.embed(List.of("c"), Use.QUERY), false, "closed");
        assertThat(model.isClosed()).isTrue();
    }

    @Test
    void noTexts_areNoVectors() {
        assertThat(chain(Map.of()).embed(List.of(), Use.QUERY)).isCompletedWithValue(List.of());
    }

    @Test
    void unknownType_andUnknownOption_areRefused() {
        EmbedderProvider.Context context = new EmbedderProvider.Context(Runnable::run, time);
        assertThatThrownBy(() -> EmbedderChain.create(SPACE, "magic", Map.of(), context))
                .hasMessage("type: magic (expected: one of onnx, openai)");
        assertThatThrownBy(() -> EmbedderChain.create(SPACE, "openai", Map.of("url", "ftp://x", "bach", 3), context))
                .hasMessage("bach: unknown (expected: one of api_key, dimensions, model, timeout, url)\n"
                        + "url: ftp://x (expected: http://HOST[:PORT]/v1 or https://...)");
        assertThatThrownBy(() -> EmbedderChain.create(SPACE, "openai", Map.of("batch", -1), context))
                .hasMessage("batch: -1 (expected: >= 1)");
    }

    private EmbedderChain chain(Map<String, Object> changed) {
        return EmbedderChain.around(SPACE, model, options(changed), time);
    }

    private static EmbedderOptions options(Map<String, Object> changed) {
        return Settings.bind(EmbedderOptions.class, new HashMap<>(changed));
    }

    private List<Use> uses() {
        return model.requests().stream().map(ScriptedModel.Request::use).toList();
    }

    private static List<String> texts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "t" + i).toList();
    }

    private static void assertFails(CompletableFuture<?> future, boolean permanent, String message) {
        assertThat(future).isCompletedExceptionally();
        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(EmbeddingException.class, failure -> {
                    assertThat(failure).hasMessageContaining(message);
                    assertThat(failure.isPermanent()).isEqualTo(permanent);
                });
    }
}
