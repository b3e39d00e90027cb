package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RepeatsTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final WriteIdSettings SETTINGS = new WriteIdSettings(Duration.ofMinutes(1), 64 << 10);
    private static final List<Key> KEYS = List.of(Key.of("1"), Key.of("2"));

    private final FakeTime time = new FakeTime();
    private final Repeats repeats = new Repeats(time, SETTINGS);

    /** Counts how often it is done; its answers come when the test says so. */
    private static final class Scripted implements Repeatable {
        private final long content;
        private final AtomicInteger begun = new AtomicInteger();
        private CompletableFuture<WriteReply> answer = new CompletableFuture<>();
        private @Nullable WriteReply before;
        private Duration given = Duration.ZERO;

        Scripted(long content) {
            this.content = content;
        }

        @Override
        public String writeId() {
            return "w";
        }

        @Override
        public long content() {
            return content;
        }

        @Override
        public List<Key> keys() {
            return KEYS;
        }

        @Override
        public CompletableFuture<WriteReply> begin(Duration timeout) {
            begun.incrementAndGet();
            given = timeout;
            return answer;
        }

        @Override
        public CompletableFuture<WriteReply> goOn(WriteReply told, Duration timeout) {
            before = told;
            return begin(timeout);
        }
    }

    private static WriteReply reply(Leader first, Leader second) {
        return new WriteReply(
                Stream.of(first, second)
                        .map(leader -> new WriteReply.Result(
                                KEYS.get(leader == first ? 0 : 1), 3, leader, WriteReply.Follower.NONE, "", false))
                        .toList(),
                1);
    }

    private static WriteReply applied() {
        return new WriteReply(
                KEYS.stream()
                        .map(key -> new WriteReply.Result(key, 3, Leader.APPLIED, WriteReply.Follower.NONE, "", false))
                        .toList(),
                1);
    }

    private static CompletableFuture<WriteReply> failing(CallException.Kind kind) {
        return CompletableFuture.failedFuture(new CallException(kind, "why"));
    }

    @Test
    void repeatAfterTheAnswer_getsIt_andIsNotDone() {
        Scripted call = new Scripted(1);
        var first = repeats.once(call, LONG);
        call.answer.complete(applied());
        time.advance(Duration.ofSeconds(59));
        assertThat(repeats.once(call, LONG)).isCompletedWithValue(applied());
        assertThat(first).isCompletedWithValue(applied());
        assertThat(call.begun).hasValue(1);
        assertThat(repeats.report().repeated()).isEqualTo(1);
        assertThat(repeats.report().ids()).isEqualTo(1);
    }

    @Test
    void repeatAfterTheWindow_isANewCall() {
        Scripted call = new Scripted(1);
        call.answer.complete(applied());
        repeats.once(call, LONG).join();
        time.advance(Duration.ofSeconds(61));
        repeats.once(call, LONG).join();
        assertThat(call.begun).hasValue(2);
    }

    @Test
    void repeatWhileTheFirstIsUnderWay_waitsNoLongerThanItsOwnDeadline_andStartsNone() {
        Scripted call = new Scripted(1);
        var first = repeats.once(call, LONG);
        var repeat = repeats.once(call, Duration.ofSeconds(1));
        var patient = repeats.once(call, Duration.ofSeconds(5));
        time.advance(Duration.ofSeconds(1));
        assertThat(Replies.failure(repeat).kind()).isEqualTo(CallException.Kind.DEADLINE);
        assertThat(first).isNotDone();
        call.answer.complete(applied());
        assertThat(patient).isCompletedWithValue(applied());
        assertThat(first).isCompletedWithValue(applied());
        assertThat(call.begun).hasValue(1);
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void firstHadLessTime_andDidNothing_theRepeatDoesItInItsOwn() {
        Scripted call = new Scripted(1);
        var first = repeats.once(call, Duration.ofSeconds(1));
        time.advance(Duration.ofMillis(400));
        var repeat = repeats.once(call, Duration.ofSeconds(5));
        time.advance(Duration.ofMillis(600));
        CompletableFuture<WriteReply> late = call.answer;
        call.answer = CompletableFuture.completedFuture(applied());
        late.completeExceptionally(new CallException(CallException.Kind.DEADLINE, "held"));
        assertThat(Replies.failure(first).kind()).isEqualTo(CallException.Kind.DEADLINE);
        assertThat(repeat).isCompletedWithValue(applied());
        assertThat(call.begun).hasValue(2);
        assertThat(call.given).isEqualTo(Duration.ofMillis(4_400));
    }

    @ParameterizedTest
    @EnumSource(
            value = CallException.Kind.class,
            names = {"UNKNOWN", "INTERNAL"},
            mode = EnumSource.Mode.EXCLUDE)
    void nothingWasDone_theRepeatDoesIt(CallException.Kind kind) {
        Scripted call = new Scripted(1);
        call.answer = failing(kind);
        assertThat(Replies.failure(repeats.once(call, LONG)).kind()).isEqualTo(kind);
        call.answer = CompletableFuture.completedFuture(applied());
        assertThat(repeats.once(call, LONG)).isCompletedWithValue(applied());
        assertThat(repeats.report().ids()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = CallException.Kind.class,
            names = {"UNKNOWN", "INTERNAL"})
    void nobodyKnows_theRepeatIsToldSo_andNotDone(CallException.Kind kind) {
        Scripted call = new Scripted(1);
        call.answer = failing(kind);
        assertThat(Replies.failure(repeats.once(call, LONG)).kind()).isEqualTo(kind);
        assertThat(Replies.failure(repeats.once(call, LONG)))
                .hasMessage("may have been applied, and is not applied again under this write_id: why")
                .extracting(CallException::kind)
                .isEqualTo(CallException.Kind.UNKNOWN);
        assertThat(call.begun).hasValue(1);
    }

    @Test
    void callThatThrows_isNotUnderWayForEver() {
        Repeatable thrower = new Repeatable() {
            @Override
            public String writeId() {
                return "w";
            }

            @Override
            public long content() {
                return 1;
            }

            @Override
            public List<Key> keys() {
                return KEYS;
            }

            @Override
            public CompletableFuture<WriteReply> begin(Duration timeout) {
                throw new StackOverflowError("deep");
            }

            @Override
            public CompletableFuture<WriteReply> goOn(WriteReply before, Duration timeout) {
                throw new AssertionError("not asked");
            }
        };
        assertThat(repeats.once(thrower, LONG)).isCompletedExceptionally();
        assertThat(Replies.failure(repeats.once(thrower, LONG)).kind()).isEqualTo(CallException.Kind.UNKNOWN);
    }

    @Test
    void partHasFailed_theRepeatGoesOnWithIt() {
        Scripted call = new Scripted(1);
        call.answer = CompletableFuture.completedFuture(reply(Leader.APPLIED, Leader.FAILED));
        assertThat(repeats.once(call, LONG)).isCompletedWithValue(reply(Leader.APPLIED, Leader.FAILED));
        call.answer = failing(CallException.Kind.UNAVAILABLE);
        assertThat(repeats.once(call, LONG)).isCompletedExceptionally();
        call.answer = CompletableFuture.completedFuture(applied());
        assertThat(repeats.once(call, LONG)).isCompletedWithValue(applied());
        assertThat(call.before).isEqualTo(reply(Leader.APPLIED, Leader.FAILED));
        assertThat(repeats.once(call, LONG)).isCompletedWithValue(applied());
        assertThat(call.begun).hasValue(3);
    }

    @Test
    void partIsUnknown_theRepeatIsToldTheSame() {
        Scripted call = new Scripted(1);
        call.answer = CompletableFuture.completedFuture(reply(Leader.APPLIED, Leader.UNKNOWN));
        repeats.once(call, LONG).join();
        assertThat(repeats.once(call, LONG)).isCompletedWithValue(reply(Leader.APPLIED, Leader.UNKNOWN));
        assertThat(call.begun).hasValue(1);
    }

    @Test
    void anotherCallUnderAUsedId_isInvalid_whileTheFirstIsUnderWayAndAfter() {
        Scripted call = new Scripted(1);
        Scripted other = new Scripted(2);
        var first = repeats.once(call, LONG);
        assertThat(Replies.failure(repeats.once(other, LONG)).kind()).isEqualTo(CallException.Kind.INVALID);
        call.answer.complete(applied());
        assertThat(Replies.failure(repeats.once(other, LONG)))
                .hasMessage("write_id: used for another call (expected: one id for each call and its repeats)");
        assertThat(first).isCompletedWithValue(applied());
        assertThat(other.begun).hasValue(0);
        assertThat(repeats.report().conflicts()).isEqualTo(2);
    }

    @Test
    void underWay_isNotForgotten_howeverManyAreAnsweredMeanwhile() {
        Scripted slow = new Scripted(1);
        var first = repeats.once(slow, Duration.ofHours(1));
        for (int i = 0; i < 10_000; i++) {
            repeats.once(answered("other " + i), LONG).join();
        }
        time.advance(Duration.ofMinutes(5));
        var repeat = repeats.once(slow, LONG);
        slow.answer.complete(applied());
        assertThat(repeat).isCompletedWithValue(applied());
        assertThat(first).isCompletedWithValue(applied());
        assertThat(slow.begun).hasValue(1);
    }

    private static Repeatable answered(String writeId) {
        return new Repeatable() {
            @Override
            public String writeId() {
                return writeId;
            }

            @Override
            public long content() {
                return 1;
            }

            @Override
            public List<Key> keys() {
                return KEYS;
            }

            @Override
            public CompletableFuture<WriteReply> begin(Duration timeout) {
                return CompletableFuture.completedFuture(applied());
            }

            @Override
            public CompletableFuture<WriteReply> goOn(WriteReply before, Duration timeout) {
                throw new AssertionError("not asked");
            }
        };
    }

    @Test
    void answerTooLongToBeKept_isNotDoneAgain() {
        List<WriteReply.Result> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(new WriteReply.Result(
                    KEYS.get(0), i * 7L, Leader.APPLIED, WriteReply.Follower.NONE, "error " + i, false));
        }
        Scripted call = new Scripted(1);
        call.answer = CompletableFuture.completedFuture(new WriteReply(many, 1));
        repeats.once(call, LONG).join();
        assertThat(Replies.failure(repeats.once(call, LONG)).kind()).isEqualTo(CallException.Kind.PRECONDITION);
        assertThat(call.begun).hasValue(1);
    }

    /** Of calls that meet, on however many threads, one is done. */
    @Test
    void repeatsThatMeet_areDoneOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 500; round++) {
                Repeats meeting = new Repeats(time, SETTINGS);
                Scripted call = new Scripted(round);
                call.answer.complete(applied());
                CyclicBarrier together = new CyclicBarrier(4);
                Callable<WriteReply> caller = () -> {
                    together.await();
                    return meeting.once(call, LONG).join();
                };
                for (Future<WriteReply> each : threads.invokeAll(List.of(caller, caller, caller, caller))) {
                    assertThat(each.get()).isEqualTo(applied());
                }
                assertThat(call.begun).hasValue(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
