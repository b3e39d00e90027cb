package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Follower;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.collection.WriteReply.Result;
import io.crossfade.proxy.model.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerCodecTest {
    private static final long VERSION = 115_000_000_000_000_000L;

    private static WriteReply applied(int documents) {
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            results.add(new Result(Key.of("k" + i), VERSION + i, Leader.APPLIED, Follower.PENDING, "", false));
        }
        return new WriteReply(results, 7);
    }

    private static List<Key> keys(WriteReply reply) {
        return reply.results().stream().map(Result::key).toList();
    }

    @Test
    void batchOfWhichAllWasApplied_takesAFewBytes() {
        WriteReply reply = applied(1_000);
        byte[] said = AnswerCodec.results(reply, false);
        assertThat(said).hasSizeLessThanOrEqualTo(16);
        assertThat(AnswerCodec.reply(said, keys(reply))).isEqualTo(reply);
        assertThat(AnswerCodec.isUnfinished(said)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void anyReply_isReadAsItWas(long seed) {
        Random random = new Random(seed);
        for (int n = 0; n < 200; n++) {
            List<Result> results = new ArrayList<>();
            long version = random.nextLong();
            for (int i = random.nextInt(20); i > 0; i--) {
                version += random.nextInt(4) - 1;
                results.add(new Result(
                        new Key(random.nextBoolean() ? "" : "ä", "k" + i),
                        version,
                        Leader.values()[random.nextInt(random.nextInt(Leader.values().length) + 1)],
                        Follower.values()[random.nextInt(random.nextInt(Follower.values().length) + 1)],
                        random.nextInt(3) == 0 ? "wrong: " + random.nextInt(3) : "",
                        random.nextInt(4) == 0));
            }
            WriteReply reply = new WriteReply(results, random.nextLong());
            byte[] withKeys = AnswerCodec.results(reply, true);
            assertThat(AnswerCodec.kind(withKeys)).isEqualTo(AnswerCodec.Kind.RESULTS_WITH_KEYS);
            assertThat(AnswerCodec.reply(withKeys, null)).isEqualTo(reply);
            byte[] without = AnswerCodec.results(reply, false);
            assertThat(AnswerCodec.kind(without)).isEqualTo(AnswerCodec.Kind.RESULTS);
            assertThat(AnswerCodec.reply(without, keys(reply))).isEqualTo(reply);
            assertThat(AnswerCodec.isUnfinished(without))
                    .isEqualTo(results.stream().anyMatch(result -> result.leader() == Leader.FAILED));
        }
    }

    @Test
    void longError_isCutOff() {
        WriteReply reply = new WriteReply(
                List.of(new Result(Key.of("1"), 0, Leader.REJECTED, Follower.NONE, "x".repeat(5_000), false)), 1);
        assertThat(AnswerCodec.reply(AnswerCodec.results(reply, true), null)
                        .results()
                        .get(0)
                        .error())
                .isEqualTo("x".repeat(1_000) + "…");
    }

    @Test
    void unknownAndTooLong_sayWhatTheyAre() {
        assertThat(AnswerCodec.kind(AnswerCodec.unknown("lost"))).isEqualTo(AnswerCodec.Kind.UNKNOWN);
        assertThat(AnswerCodec.why(AnswerCodec.unknown("lost"))).isEqualTo("lost");
        assertThat(AnswerCodec.kind(AnswerCodec.tooLong())).isEqualTo(AnswerCodec.Kind.TOO_LONG);
    }
}
