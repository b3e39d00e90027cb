package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Failures;
import io.crossfade.proxy.collection.Violation;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a call that is repeated under its {@code write_id} is done once. A repeat that comes while the first
 * is under way waits for its answer, no longer than its own deadline; one that comes later gets the answer that the
 * first was given, also if that was that nobody knows what was done. Only what an answer says was not done is done by
 * a repeat. Another call under a used id is refused.
 *
 * <p>Calls under way are never forgotten; their number is that of the calls in flight. Answers are forgotten as {@link
 * AnswerLog} says, whose {@link Report#window} is how long they are really kept. Lossy in that alone: a repeat that comes
 * after that is a new call.
 *
 * <p>Both are guarded by this object's monitor, under which nothing is called but they.
 */
public final class Repeats {
    private final Time time;
    private final AnswerLog answers;
    private final Map<WriteId, UnderWay> underWay = new HashMap<>();
    private long repeated;
    private long conflicts;

    public Repeats(Time time, WriteIdSettings settings) {
        this.time = time;
        this.answers = new AnswerLog(time, settings.window(), settings.maxBytes());
    }

    /**
     * What is remembered now.
     *
     * @param ids of calls that were answered, and of those under way
     * @param bytes that the answers take
     * @param window how long answers are really kept
     * @param repeated repeats that were answered without being done, since the start
     * @param conflicts calls that were refused because another call had used their id, since the start
     */
    public record Report(long ids, long bytes, Duration window, long repeated, long conflicts) {}

    public synchronized Report report() {
        answers.forgetOld();
        return new Report(answers.count() + underWay.size(), answers.bytes(), answers.window(), repeated, conflicts);
    }

    /**
     * A call that is being done.
     *
     * @param before what an earlier try of it was told; null if it is the first
     */
    private record UnderWay(long content, CompletableFuture<WriteReply> answer, byte @Nullable [] before) {}

    /** What is to become of a call. */
    private sealed interface Decision {
        record Begin(UnderWay mine) implements Decision {}

        record Join(UnderWay first) implements Decision {}

        record Told(byte[] said) implements Decision {}

        record Conflict() implements Decision {}
    }

    /** Does a call, unless it was done before or is being done. */
    CompletableFuture<WriteReply> once(Repeatable call, Duration timeout) {
        if (call.writeId().isEmpty()) {
            return call.begin(timeout);
        }
        WriteId id = WriteId.of(call.writeId());
        Decision decision = decide(id, call.content());
        if (decision instanceof Decision.Begin begin) {
            return begin(id, begin.mine(), call, timeout);
        } else if (decision instanceof Decision.Join join) {
            return join(join.first(), call, timeout);
        } else if (decision instanceof Decision.Told told) {
            return told(told.said(), call);
        }
        return CompletableFuture.failedFuture(CallException.invalid(List.of(
                new Violation("write_id", "used for another call (expected: one id for each call and its repeats)"))));
    }

    private synchronized Decision decide(WriteId id, long content) {
        UnderWay first = underWay.get(id);
        AnswerLog.Answer answer = first == null ? answers.find(id) : null;
        if ((first != null && first.content() != content) || (answer != null && answer.content() != content)) {
            conflicts++;
            return new Decision.Conflict();
        } else if (first != null) {
            repeated++;
            return new Decision.Join(first);
        } else if (answer != null && !AnswerCodec.isUnfinished(answer.said())) {
            repeated++;
            return new Decision.Told(answer.said());
        }
        UnderWay mine = new UnderWay(content, new CompletableFuture<>(), answer == null ? null : answer.said());
        underWay.put(id, mine);
        return new Decision.Begin(mine);
    }

    private CompletableFuture<WriteReply> begin(WriteId id, UnderWay mine, Repeatable call, Duration timeout) {
        byte[] before = mine.before();
        Branches.take(
                started(() -> before == null
                        ? call.begin(timeout)
                        : call.goOn(AnswerCodec.reply(before, call.keys()), timeout)),
                (reply, failed) -> {
                    end(id, mine, said(call, reply, failed, before));
                    if (failed == null) {
                        mine.answer().complete(reply);
                    } else {
                        mine.answer().completeExceptionally(failed);
                    }
                });
        return mine.answer().copy();
    }

    /** Whatever a call does at its beginning, its id must not stay under way. */
    private static CompletableFuture<WriteReply> started(Supplier<CompletableFuture<WriteReply>> call) {
        try {
            return call.get();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What a repeat is to be told; null if nothing was done, so that it is done then. */
    private byte @Nullable [] said(
            Repeatable call, @Nullable WriteReply reply, @Nullable Throwable failed, byte @Nullable [] before) {
        if (reply != null && failed == null) {
            byte[] said = AnswerCodec.results(reply, call.keys() == null);
            return answers.canHold(said.length) ? said : AnswerCodec.tooLong();
        }
        CallException why = Failures.toCall(failed == null ? new IllegalStateException("no reply") : failed);
        return switch (why.kind()) {
            case UNKNOWN, INTERNAL -> AnswerCodec.unknown(String.valueOf(why.getMessage()));
            case INVALID, NOT_FOUND, PRECONDITION, ABORTED, EXHAUSTED, UNAVAILABLE, DEADLINE -> before;
        };
    }

    private synchronized void end(WriteId id, UnderWay mine, byte @Nullable [] said) {
        if (said != null) {
            answers.add(id, mine.content(), said);
        }
        underWay.remove(id);
    }

    /**
     * Waits for the first, within the repeat's own deadline. If the first had less time, and nothing was done in it, the
     * repeat does it.
     */
    private CompletableFuture<WriteReply> join(UnderWay first, Repeatable call, Duration timeout) {
        long began = time.nanos();
        return time.within(
                        timeout,
                        first.answer(),
                        () -> new CallException(
                                CallException.Kind.DEADLINE,
                                "time was over while the first call of this write_id was under way; it may be applied"))
                .exceptionallyCompose(failed ->
                        first.answer().isDone() && Failures.toCall(failed).kind() == CallException.Kind.DEADLINE
                                ? once(call, timeout.minusNanos(time.nanos() - began))
                                : CompletableFuture.failedFuture(failed));
    }

    private static CompletableFuture<WriteReply> told(byte[] said, Repeatable call) {
        return switch (AnswerCodec.kind(said)) {
            case RESULTS, RESULTS_WITH_KEYS -> CompletableFuture.completedFuture(AnswerCodec.reply(said, call.keys()));
            case UNKNOWN ->
                CompletableFuture.failedFuture(new CallException(
                        CallException.Kind.UNKNOWN,
                        "may have been applied, and is not applied again under this write_id: "
                                + AnswerCodec.why(said)));
            case TOO_LONG ->
                CompletableFuture.failedFuture(new CallException(
                        CallException.Kind.PRECONDITION,
                        "write_id: answered before, by more than is kept (expected: a new id, to do it again)"));
        };
    }
}
