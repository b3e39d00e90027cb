package io.crossfade.proxy.migration;

import io.crossfade.proxy.write.mirror.Mirror;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a migration needs to know of the configuration.
 *
 * @param ackWait how long an ack waits for the follower once the leader has answered
 * @param journalDirectory of this collection
 * @param maxPending keys with open marks; beyond, {@code refuseOnLoss} decides
 * @param maxJournalBytes likewise
 * @param refuseOnLoss writes that cannot be recorded are refused; otherwise they are acked and the range is dirty
 * @param batch documents that backfill and replay move at once
 * @param slices parts that are copied and verified on their own
 * @param inFlight batches under way
 * @param engineTimeout of one engine call of backfill, replay or verify
 * @param retryAfter how long a key rests after a failed reconcile
 * @param pace documents per second of the backfill; 0: as fast as live traffic allows
 * @param verifyBatch documents compared together
 * @param looks how often verify looks at a key that moves
 * @param maxHold how long a step may hold writes
 * @param sealedLimit how long SEALED may last
 * @param pendingAge an older mark blocks a flip
 * @param feedWindow how far back clients must have fed both spaces
 * @param minOverlap of shadow reads, 0 to 1; 0: not asked for
 */
public record MigrationSettings(
        Duration ackWait,
        Mirror.Settings mirror,
        Path journalDirectory,
        int maxPending,
        long maxJournalBytes,
        boolean refuseOnLoss,
        int batch,
        int slices,
        int inFlight,
        Duration engineTimeout,
        Duration retryAfter,
        double pace,
        int verifyBatch,
        int looks,
        Duration betweenLooks,
        Duration maxHold,
        Duration sealedLimit,
        Duration pendingAge,
        Duration feedWindow,
        double minOverlap) {}
