package io.crossfade.proxy.simulation;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds at the moment of an answer. An acked write is on the follower, or its key is marked where the loss of the
 * process, and if the answer says pending the loss of power, leaves the mark (promise 2). While both indexes are needed,
 * both have it (R23). Versions are given once, and grow (R14); where one sidecar writes, the highest stands (R9).
 */
final class Acks {
    private final Scenario scenario;
    private final Fleet fleet;
    private final Invariants invariants;
    private final History history;
    private final Map<String, Versions> versions = new HashMap<>();
    private final Map<Key, Order> orders = new HashMap<>();

    /** Those that a sidecar has answered with, each with the write that it was given to. */
    static final class Versions {
        private final Map<Long, String> given = new HashMap<>();
        private long highest;
    }

    /** What was acked of a key, and what may yet change it. */
    private static final class Order {
        private int underWay;
        private long unorderedUntil;
        private long highest;

        /** Any write may stand that begins before then. */
        void unordered(long until) {
            unorderedUntil = Math.max(unorderedUntil, until);
            highest = 0;
        }
    }

    Acks(Scenario scenario, Fleet fleet, Invariants invariants, History history) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.invariants = invariants;
        this.history = history;
    }

    /** What had been answered through a sidecar when a call began: it gets a higher version. */
    record Before(Versions known, long highest, long nanos) {}

    Before begins(Sidecar sidecar) {
        return new Before(of(sidecar), of(sidecar).highest, fleet.time.nanos());
    }

    private Versions of(Sidecar sidecar) {
        return versions.computeIfAbsent(sidecar.name(), same -> new Versions());
    }

    /** What it had recorded is lost, and with it what tells it which versions it has given. */
    void forget(Sidecar sidecar) {
        versions.remove(sidecar.name());
        history.waiversAreForgotten();
        orders.values().forEach(order -> order.highest = 0);
    }

    /** The index that leads has lost what it had. */
    void leaderLost() {
        orders.values().forEach(order -> order.unordered(fleet.time.nanos()));
    }

    /** A call with a write of the key begins; it ends once. */
    void begins(Key key) {
        order(key).underWay++;
    }

    /**
     * @param landed when what it has left under way has landed; 0 if nothing
     */
    void ends(Key key, long landed) {
        Order order = order(key);
        order.underWay--;
        if (landed > 0) {
            order.unordered(landed);
        }
        if (scenario.sidecars() == 1 && order.underWay == 0) {
            checkOrder(key, order.highest);
        }
    }

    /** Nothing of a call for the key is under way, or may land yet. */
    boolean isAtRest(Key key) {
        return order(key).underWay == 0 && order(key).unorderedUntil < fleet.time.nanos();
    }

    private void checkOrder(Key key, long highest) {
        Phase phase = invariants.phase();
        if (phase.needsBoth() && !invariants.agreed().isAppliedByAll()) {
            return; // the index that is to serve does not yet, and may lose something before it does
        }
        StoredDocument stands = (phase.servesMigration() ? fleet.migration : fleet.primary).document(key);
        if (!invariants.isUnnoticed() && phase != Phase.SINGLE && stands != null && stands.version() < highest) {
            history.violation("acked with version " + highest + ", but an older write stands: " + stands);
        }
    }

    private Order order(Key key) {
        return orders.computeIfAbsent(key, same -> new Order());
    }

    /**
     * @param write names the write, whoever repeats it
     * @param before of the first call for this write
     */
    void answered(Sidecar sidecar, String write, Before before, WriteReply.Result result, long epoch) {
        Phase phase = invariants.phaseOf(epoch);
        if (phase == Phase.SINGLE || result.version() == 0) {
            order(result.key()).unordered(fleet.time.nanos());
            return;
        }
        checkVersion(of(sidecar), write, before, result.version());
        if (result.leader() == WriteReply.Leader.APPLIED) {
            checkFollower(sidecar, phase, result, epoch);
            Order order = order(result.key());
            if (before.nanos() > order.unorderedUntil) {
                order.highest = Math.max(order.highest, result.version());
            }
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
