package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.VersionClock;
import io.crossfade.proxy.route.Admission;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WritePath;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.Journal;
import io.crossfade.proxy.write.journal.JournalSettings;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Parked;
import io.crossfade.proxy.write.journal.Tail;
import io.crossfade.proxy.write.mirror.Mirror;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Writes to the leader and the follower. What it holds belongs to one migration of one collection; each call is a
 * {@link DualWrite} of its own.
 *
 * @param limits of the journal; beyond them, writes overflow it
 * @param tails what both indexes are known to hold
 * @param unmarkedHaveLanded whether no write of before the migration, which has no mark, can land on the leader any more
 * @param trust what doubts about both indexes mean
 * @param onPending told when a write has left work for reconcile
 */
public record DualWriter(
        LiveWrites live,
        VersionClock versions,
        Marks marks,
        Parked parked,
        Journal journal,
        Mirror mirror,
        Time time,
        JournalSettings limits,
        Tail.Each tails,
        BooleanSupplier unmarkedHaveLanded,
        Supplier<Trust> trust,
        Runnable onPending)
        implements WritePath<Route.Paired> {

    /** Whether there is no room for more marks. */
    boolean isFull() {
        return marks.pendingKeys() >= limits.maxPending()
                || Math.max(marks.bytes(), journal.bytes()) >= limits.maxBytes();
    }

    Lanes lanes() {
        return live.lanes();
    }

    @Override
    public CompletableFuture<List<WriteReply.Result>> write(
            Route.Paired route, WriteCall call, Duration timeout, Admission admission) {
        if (call.writes().stream().anyMatch(op -> op.stamp() != null)) {
            throw new CallException(
                    CallException.Kind.PRECONDITION,
                    "stamp: given (expected: none, " + route.collection() + " is being migrated itself)");
        }
        live.feeding().heard(route, call);
        long began = time.nanos();
        return new DualWrite(this, route, timeout, admission)
                .run(call)
                .whenComplete((results, failed) -> live.latency().record(began));
    }
}
