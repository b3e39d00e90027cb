package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Writes to an index through a fault. */
final class FaultyWrites {
    private final VectorIndex index;
    private final Time time;
    private final Duration settle;

    FaultyWrites(VectorIndex index, Time time, Duration settle) {
        this.index = index;
        this.time = time;
        this.settle = settle;
    }

    CompletableFuture<List<Outcome>> write(Fault fault, List<IndexWrite> writes, Duration timeout) {
        if (fault instanceof Fault.Slow slow) {
            return slow.delay().isZero() ? index.write(writes, timeout) : slow(slow.delay(), writes, timeout);
        } else if (fault instanceof Fault.Refuse refuse) {
            return refuse(refuse, writes, timeout);
        } else if (fault instanceof Fault.Throw thrown) {
            return CompletableFuture.failedFuture(FaultyIndex.injected(thrown.kind()));
        } else if (fault instanceof Fault.AppliedButError) {
            Outcome unknown = new Outcome.Unknown("injected fault: error after the write");
            return index.write(writes, timeout).thenApply(done -> Collections.nCopies(writes.size(), unknown));
        } else if (fault instanceof Fault.LostReply) {
            Branches.drop(index.write(writes, timeout), "the fault is that nobody hears of it");
        } else if (fault instanceof Fault.LateAnswer late) {
            TimedCall<List<Outcome>> call = unanswered(writes, timeout);
            Branches.take(
                    index.write(writes, timeout), (done, never) -> time.after(late.delay(), () -> call.answer(done)));
            return call.future();
        } else if (fault instanceof Fault.LateApply late) {
            applyAfter(timeout.plus(within(late.after())), writes, timeout);
        }
        return unanswered(writes, timeout).future();
    }

    private CompletableFuture<List<Outcome>> slow(Duration delay, List<IndexWrite> writes, Duration timeout) {
        TimedCall<List<Outcome>> call = unanswered(writes, timeout);
        if (delay.compareTo(timeout.plus(settle)) <= 0) {
            time.after(
                    delay,
                    () -> Branches.take(
                            index.write(writes, timeout).thenAccept(call::answer), (answered, failed) -> {}));
        }
        return call.future();
    }

    private CompletableFuture<List<Outcome>> refuse(Fault.Refuse refuse, List<IndexWrite> writes, Duration timeout) {
        List<IndexWrite> accepted =
                writes.stream().filter(refuse.which().negate()).toList();
        CompletableFuture<List<Outcome>> rest =
                accepted.isEmpty() ? CompletableFuture.completedFuture(List.of()) : index.write(accepted, timeout);
        return rest.thenApply(outcomes -> {
            Iterator<Outcome> next = outcomes.iterator();
            return writes.stream()
                    .map(write -> refuse.which().test(write) ? refuse.outcome() : next.next())
                    .toList();
        });
    }

    private void applyAfter(Duration delay, List<IndexWrite> writes, Duration timeout) {
        time.after(delay, () -> Branches.drop(index.write(writes, timeout), "the fault is that nobody hears of it"));
    }

    private Duration within(Duration late) {
        if (late.compareTo(settle) > 0) {
            throw new IllegalArgumentException(
                    "late apply: " + late + " (expected: at most the settle time, " + settle + ")");
        }
        return late;
    }

    private TimedCall<List<Outcome>> unanswered(List<IndexWrite> writes, Duration timeout) {
        TimedCall<List<Outcome>> call = TimedCall.write(time, timeout, writes.size());
        call.begin();
        return call;
    }
}
