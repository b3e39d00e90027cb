package io.crossfade.proxy.simulation;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.sim.Fleet;
import io.crossfade.proxy.sim.Sidecar;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds at the moment of an answer. An acked write is on the follower, or its key is marked where the loss of the
 * process, and if the answer says pending the loss of power, leaves the mark (promise 2). While both indexes are needed,
 * both have it (R23). Versions are given once, and grow (R14).
 */
final class Acks {
    private final Scenario scenario;
    private final Fleet fleet;
    private final Invariants invariants;
    private final History history;
    private final Map<String, Versions> versions = new HashMap<>();

    /** Those that a sidecar has answered with, each with the write that it was given to. */
    static final class Versions {
        private final Map<Long, String> given = new HashMap<>();
        private long highest;
    }

    Acks(Scenario scenario, Fleet fleet, Invariants invariants, History history) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.invariants = invariants;
        this.history = history;
    }

    /** What had been answered through a sidecar when a call began: it gets a higher version. */
    record Before(Versions known, long highest) {}

    Before begins(Sidecar sidecar) {
        return new Before(of(sidecar), of(sidecar).highest);
    }

    private Versions of(Sidecar sidecar) {
        return versions.computeIfAbsent(sidecar.name(), same -> new Versions());
    }

    /** What it had recorded is lost, and with it what tells it which versions it has given. */
    void forget(Sidecar sidecar) {
        versions.remove(sidecar.name());
    }

    /**
     * @param write names the write, whoever repeats it
     * @param before of the first call for this write
     */
    void answered(Sidecar sidecar, String write, Before before, WriteReply.Result result, long epoch) {
        Phase phase = invariants.phaseOf(epoch);
        if (phase == Phase.SINGLE || result.version() == 0) {
            return;
        }
        checkVersion(of(sidecar), write, before, result.version());
        if (result.leader() == WriteReply.Leader.APPLIED) {
            checkFollower(sidecar, phase, result, epoch);
        }
    }

    private void checkVersion(Versions known, String write, Before before, long version) {
        String owner = known.given.putIfAbsent(version, write);
        if (owner != null && !owner.equals(write)) {
            history.violation("version " + version + " is given twice: to " + owner + " and to " + write);
        }
        if (before.known() == known && version <= before.highest()) {
            history.violation(
                    "version " + version + " of " + write + " is not above " + before.highest() + ", answered before");
        }
        known.highest = Math.max(known.highest, version);
    }

    private void checkFollower(Sidecar sidecar, Phase phase, WriteReply.Result result, long epoch) {
        Key key = result.key();
        boolean isPending = result.follower() == WriteReply.Follower.PENDING;
        if (isPending && phase.needsBoth() && invariants.agreed().epoch() == epoch && !scenario.smallJournal()) {
            history.violation("acked in " + phase + " though not on both: " + result);
        }
        if (isOnFollower(phase, key, result.version()) || fleet.isParked(key) || invariants.isAnyInDoubt()) {
            return;
        }
        if (fleet.sidecars.stream().noneMatch(each -> each.disk.markedKeys().contains(key))) {
            history.violation("acked, but neither on the follower nor marked: " + result);
        } else if (isPending && sidecar.disk.isMarkUnsynced(key)) {
            history.violation("acked as pending, but the mark is not synced: " + result);
        }
    }

    private boolean isOnFollower(Phase phase, Key key, long version) {
        StoredDocument primary = fleet.primary.document(key);
        StoredDocument migration = fleet.migration.document(key);
        @Nullable StoredDocument follower = phase.servesMigration() ? primary : migration;
        return Invariants.isSame(primary, migration) || (follower != null && follower.version() >= version);
    }
}
