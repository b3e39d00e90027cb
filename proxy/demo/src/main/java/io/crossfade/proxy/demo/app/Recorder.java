package io.crossfade.proxy.demo.app;

import io.crossfade.client.CrossfadeException;
import io.crossfade.client.WriteResult;
import io.crossfade.client.WriteResults;
import io.crossfade.proxy.demo.app.Call.Operation;
import io.crossfade.proxy.demo.app.Call.Outcome;
import io.crossfade.proxy.demo.app.Call.Write;
import io.crossfade.proxy.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls and puts down what came of them. A write of which nobody knows whether it was done is made again, under a
 * new id: it is the same however often it is done, and nobody else writes its documents.
 */
final class Recorder {
    private static final int MOST_ATTEMPTS = 3;

    private final Time time;
    private final History history;

    Recorder(Time time, History history) {
        this.time = time;
        this.history = history;
    }

    /**
     * A write of these documents.
     *
     * @return what became of each, in their order
     */
    List<Write> write(Operation operation, List<Change> changes, Supplier<WriteResults> call) {
        long at = time.wallMillis();
        long began = time.nanos();
        Answer answer = attempt(operation, changes, call);
        int again = 0;
        while (answer.isUnknown() && again + 1 < MOST_ATTEMPTS) {
            answer = attempt(operation, changes, call);
            again++;
        }
        history.add(new Call(at, micros(began), operation, again, answer.error(), null, answer.writes()));
        return answer.writes();
    }

    private static Answer attempt(Operation operation, List<Change> changes, Supplier<WriteResults> call) {
        List<Write> writes = new ArrayList<>();
        String error = null;
        try {
            List<WriteResult> results = call.get().results();
            for (int i = 0; i < changes.size(); i++) {
                WriteResult result = results.get(i);
                Outcome outcome = outcome(operation, result);
                writes.add(changes.get(i).with(outcome));
                error = outcome == Outcome.ACKED ? error : result.leader() + ": " + result.error();
            }
        } catch (CrossfadeException e) {
            error = firstLine(e);
            Outcome outcome = e.mayBeApplied() ? Outcome.UNKNOWN : Outcome.REFUSED;
            changes.forEach(change -> writes.add(change.with(outcome)));
        }
        return new Answer(writes, error);
    }

    /** What came of one attempt at a write. */
    private record Answer(List<Write> writes, @Nullable String error) {
        boolean isUnknown() {
            return writes.stream().anyMatch(write -> write.outcome() == Outcome.UNKNOWN);
        }
    }

    /** A read; {@code check} says what is stale in the answer, or null. */
    <T> void read(Operation operation, Supplier<T> call, Check<T> check) {
        long at = time.wallMillis();
        long began = time.nanos();
        try {
            T answer = call.get();
            history.add(new Call(at, micros(began), operation, 0, null, check.stale(answer), List.of()));
        } catch (CrossfadeException e) {
            history.add(new Call(at, micros(began), operation, 0, firstLine(e), null, List.of()));
        }
    }

    private static String firstLine(CrossfadeException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    private long micros(long began) {
        return TimeUnit.NANOSECONDS.toMicros(time.nanos() - began);
    }

    /** A delete that finds nothing did its work in an earlier attempt. */
    private static Outcome outcome(Operation operation, WriteResult result) {
        return switch (result.leader()) {
            case APPLIED -> Outcome.ACKED;
            case NOT_FOUND -> operation == Operation.DELETE ? Outcome.ACKED : Outcome.REFUSED;
            case FAILED, REJECTED, NOT_MATCHED -> Outcome.REFUSED;
            case UNKNOWN -> Outcome.UNKNOWN;
        };
    }

    /** Looks for stale parts of an answer. */
    @FunctionalInterface
    interface Check<T> {
        @Nullable
        String stale(T answer);
    }

    /**
     * What a write wants.
     *
     * @param entry null: delete
     */
    record Change(String id, @Nullable Entry entry) {
        private Write with(Outcome outcome) {
            return new Write(id, entry, outcome);
        }
    }
}
