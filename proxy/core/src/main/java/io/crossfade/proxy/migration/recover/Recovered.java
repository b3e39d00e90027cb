package io.crossfade.proxy.migration.recover;

/**
 * What a recovery has done, or would do.
 *
 * @param compared documents of the index that follows
 * @param broughtBack that the leader lacked, or had in an older version
 * @param left could not be brought back yet, or ever: pending, or parked
 * @param onlyOnLeader documents that the index that follows does not have and no pending write has brought: removed, it
 *     may be, before the leader lost its memory of that
 * @param unsettled documents of whose last acked writes a part may be lost, whichever index's copy stands; each is named
 */
public record Recovered(long compared, long broughtBack, long left, long onlyOnLeader, long unsettled) {
    static final Recovered NOTHING = new Recovered(0, 0, 0, 0, 0);

    Recovered plus(Recovered other) {
        return new Recovered(
                compared + other.compared,
                broughtBack + other.broughtBack,
                left + other.left,
                onlyOnLeader + other.onlyOnLeader,
                unsettled + other.unsettled);
    }
}
