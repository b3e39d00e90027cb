package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.VersionClock;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.Journal;
import io.crossfade.proxy.write.journal.JournalSettings;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Parked;
import io.crossfade.proxy.write.mirror.Mirror;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Writes to the leader and the follower. What it holds belongs to one migration of one collection; each call is a
 * {@link DualWrite} of its own.
 *
 * @param limits of the journal; beyond them, writes overflow it
 * @param unmarkedHaveLanded whether no write of before the migration, which has no mark, can land on the leader any more
 * @param onPending told when a write has left work for reconcile
 */
public record DualWriter(
        Lanes lanes,
        VersionClock versions,
        Marks marks,
        Parked parked,
        Journal journal,
        Mirror mirror,
        Time time,
        JournalSettings limits,
        BooleanSupplier unmarkedHaveLanded,
        Runnable onPending) {

    /** Whether there is no room for more marks. */
    boolean isFull() {
        return marks.pendingKeys() >= limits.maxPending() || marks.bytes() >= limits.maxBytes();
    }

    /** Writes to both; completes with results in the order of the writes. */
    public CompletableFuture<List<WriteReply.Result>> write(Route route, List<WriteOp> ops, Duration timeout) {
        return new DualWrite(this, route, timeout).run(ops);
    }
}
