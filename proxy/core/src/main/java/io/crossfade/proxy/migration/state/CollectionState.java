package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.VersionClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet has agreed on for one collection. Changed by compare-and-set only, so of two racing admins one wins.
 *
 * @param epoch grows with every committed step
 * @param primary in SINGLE the one index
 * @param migration null in SINGLE
 * @param attempts steps ever prepared and doubts ever recorded; numbers them
 * @param step the step being taken, if any
 * @param members the registered sidecars, by name
 * @param startedVersion version clock when the migration began; 0 in SINGLE
 * @param lineages what each index of the route bears, by its name, since it first took part in a migration
 * @param offered lineages for indexes that are about to take part in one; those of a try that failed are taken again, so
 *     that what is still on its way to an index is not another one
 * @param doubts that stand; the oldest first, at most one of a kind about each index or member
 * @param doubted the number of the latest doubt of this migration, whether it still stands or not: what was found out
 *     before it counts no more
 * @param highest the highest version that any migration is known to have given: the next one begins above it, whatever the
 *     clocks say
 */
public record CollectionState(
        long epoch,
        Phase phase,
        String primary,
        @Nullable String migration,
        long attempts,
        @Nullable Step step,
        Map<String, Member> members,
        long startedVersion,
        Map<String, String> lineages,
        Map<String, String> offered,
        List<Doubt> doubts,
        long doubted,
        long highest) {
    public CollectionState {
        members = Map.copyOf(members);
        lineages = Map.copyOf(lineages);
        offered = Map.copyOf(offered);
        doubts = List.copyOf(doubts);
    }

    /** The state of a collection that nobody has touched. */
    public static CollectionState initial(String index) {
        return new CollectionState(
                1, Phase.SINGLE, index, null, 0, null, Map.of(), 0, Map.of(), Map.of(), List.of(), 0, 0);
    }

    /** The state of a collection that is taken up again on one index, whatever was agreed on before. */
    public static CollectionState bootstrapped(String index, long epoch) {
        return new CollectionState(
                epoch, Phase.SINGLE, index, null, 0, null, Map.of(), 0, Map.of(), Map.of(), List.of(), 0, 0);
    }

    /**
     * One try to take one step. Answers count for this try only (R19).
     *
     * @param toIndex the index that SINGLE keeps, or that MIRRORING copies to; null otherwise
     * @param leavesBehind reads may go back to an index that lacks acked writes: an operator has said so by name
     * @param answers by member: "" agrees, anything else is the reason why not
     */
    public record Step(
            long attempt,
            Phase target,
            @Nullable String toIndex,
            long preparedMillis,
            String reason,
            boolean leavesBehind,
            Map<String, String> answers) {
        public Step {
            answers = Map.copyOf(answers);
        }

        /** Whether they differ in their answers at most. */
        public boolean isSameTry(Step other) {
            return equals(new Step(
                    other.attempt,
                    other.target,
                    other.toIndex,
                    other.preparedMillis,
                    other.reason,
                    other.leavesBehind,
                    answers));
        }
    }

    /**
     * @param appliedEpoch calls of older epochs have ended on this member
     * @param slot in the versions that it gives, of no other member (R33)
     */
    public record Member(long appliedEpoch, long registeredMillis, int slot) {}

    /** Prepares a step that leaves nothing behind; there must be none. */
    public CollectionState prepare(Phase target, @Nullable String toIndex, long millis, String reason) {
        return prepare(target, toIndex, millis, reason, false);
    }

    /** Prepares a step; there must be none. */
    public CollectionState prepare(
            Phase target, @Nullable String toIndex, long millis, String reason, boolean leavesBehind) {
        require(step == null, "a step is being taken already");
        require(Transitions.isLegal(phase, target), "no step leads from " + phase + " to " + target);
        Step next = new Step(attempts + 1, target, toIndex, millis, reason, leavesBehind, Map.of());
        return with(attempts + 1, next, members, doubts, doubted);
    }

    private CollectionState with(
            long numbered, @Nullable Step nextStep, Map<String, Member> registered, List<Doubt> standing, long latest) {
        return new CollectionState(
                epoch,
                phase,
                primary,
                migration,
                numbered,
                nextStep,
                registered,
                startedVersion,
                lineages,
                offered,
                standing,
                latest,
                highest);
    }

    /**
     * Records an answer to the step of that number; unchanged if it is over. A member may take its agreement back, but not
     * its objection: it lets nothing go before it has.
     */
    public CollectionState answer(long attempt, String member, String answer) {
        if (step == null || step.attempt() != attempt || !members.containsKey(member)) {
            return this;
        }
        Map<String, String> answers = new TreeMap<>(step.answers());
        answers.merge(member, answer, (before, now) -> before.isEmpty() ? now : before);
        Step next = new Step(
                step.attempt(),
                step.target(),
                step.toIndex(),
                step.preparedMillis(),
                step.reason(),
                step.leavesBehind(),
                answers);
        return withStep(next);
    }

    /** Whether every member that is registered now agrees (R19). */
    public boolean isAgreed() {
        return step != null
                && members.keySet().stream()
                        .allMatch(member -> "".equals(step.answers().get(member)));
    }

    /**
     * Takes the step, to which all must have agreed.
     *
     * @param begun what begins, if a migration does
     */
    public CollectionState commit(long attempt, Beginning begun) {
        Step agreed = step;
        require(agreed != null && agreed.attempt() == attempt && isAgreed(), "the step is not agreed");
        Phase target = agreed == null ? phase : agreed.target();
        String toIndex = agreed == null ? null : agreed.toIndex();
        if (target == Phase.SINGLE) {
            return ended(toIndex == null ? primary : toIndex);
        }
        boolean begins = phase == Phase.SINGLE;
        CollectionState committed = new CollectionState(
                epoch + 1,
                target,
                primary,
                begins ? toIndex : migration,
                attempts,
                null,
                members,
                begins ? Math.max(begun.version(), highest + 1) : startedVersion,
                begins ? offered : lineages,
                begins ? Map.of() : offered,
                doubts,
                doubted,
                highest);
        return agreed != null && agreed.leavesBehind() && target == Phase.SEALED
                ? committed.doubt(
                        Doubt.Kind.LEFT_BEHIND, primary, 0, "reads went back to it by name: " + agreed.reason())
                : committed;
    }

    private CollectionState ended(String index) {
        Map<String, String> kept = new TreeMap<>(lineages);
        kept.keySet().retainAll(Set.of(index));
        return new CollectionState(
                epoch + 1,
                Phase.SINGLE,
                index,
                null,
                attempts,
                null,
                members,
                0,
                kept,
                Map.of(),
                List.of(),
                0,
                Math.max(highest, startedVersion)); // what is kept of a migration goes by its beginning
    }

    /**
     * What a migration begins with.
     *
     * @param version of the clock, which names the migration
     * @param found the lineages that its indexes bear already
     * @param fresh one for each of them
     */
    public record Beginning(long version, Map<String, String> found, Map<String, String> fresh) {
        /** Of steps that begin none. */
        public static final Beginning NONE = new Beginning(0, Map.of(), Map.of());

        /** What each index is to bear. */
        private Map<String, String> lineages(Map<String, String> offeredBefore) {
            Map<String, String> all = new TreeMap<>(fresh);
            fresh.keySet().forEach(index -> {
                String known = found.getOrDefault(index, offeredBefore.get(index));
                if (known != null) {
                    all.put(index, known);
                }
            });
            return all;
        }
    }

    /** Offers lineages to the indexes of a migration that begins. */
    public CollectionState offer(Beginning begun) {
        return new CollectionState(
                epoch,
                phase,
                primary,
                migration,
                attempts,
                step,
                members,
                startedVersion,
                lineages,
                begun.fresh().isEmpty() ? offered : begun.lineages(offered),
                doubts,
                doubted,
                highest);
    }

    /** Gives the step up; unchanged if it is over. */
    public CollectionState abort(long attempt) {
        return step == null || step.attempt() != attempt ? this : withStep(null);
    }

    private CollectionState withStep(@Nullable Step next) {
        return with(attempts, next, members, doubts, doubted);
    }

    /**
     * Takes back a crossing that nobody has applied: the index that would have served is in doubt. Unchanged if some
     * member has, or if the epoch has moved.
     */
    public CollectionState retreat(long from) {
        boolean isApplied = members.values().stream().anyMatch(member -> member.appliedEpoch() >= from);
        if (epoch != from || isApplied || !(phase == Phase.SEALED || phase == Phase.SWITCHED)) {
            return this;
        }
        return new CollectionState(
                epoch + 1,
                phase == Phase.SEALED ? Phase.SWITCHED : Phase.SEALED,
                primary,
                migration,
                attempts,
                null,
                members,
                startedVersion,
                lineages,
                offered,
                doubts,
                doubted,
                highest);
    }

    /** Registers a member that begins: it has applied nothing yet. */
    public CollectionState register(String name, long millis) {
        Member before = members.get(name);
        return withMember(
                name,
                before == null
                        ? new Member(0, millis, freeSlot(millis))
                        : new Member(0, before.registeredMillis(), before.slot()));
    }

    /** A slot that no member has; not the lowest, because one that has just been fenced may still write. */
    private int freeSlot(long millis) {
        Set<Integer> taken = members.values().stream().map(Member::slot).collect(Collectors.toSet());
        require(
                taken.size() < VersionClock.SLOTS,
                "members: " + taken.size() + " (expected: fewer than " + VersionClock.SLOTS + " beside a new one)");
        int slot = (int) Math.floorMod(millis, (long) VersionClock.SLOTS);
        while (taken.contains(slot)) {
            slot = (slot + 1) % VersionClock.SLOTS;
        }
        return slot;
    }

    /**
     * Records that a member has applied this epoch; unchanged if it has been fenced, or if a later epoch was reported
     * before.
     *
     * @param version the highest that it has given in a migration that has ended for it; 0 if there was none
     */
    public CollectionState applied(String name, long appliedEpoch, long version) {
        Member before = members.get(name);
        return before == null || before.appliedEpoch() >= appliedEpoch
                ? this
                : withHighest(Math.max(highest, version))
                        .withMember(name, new Member(appliedEpoch, before.registeredMillis(), before.slot()));
    }

    private CollectionState withHighest(long version) {
        return new CollectionState(
                epoch,
                phase,
                primary,
                migration,
                attempts,
                step,
                members,
                startedVersion,
                lineages,
                offered,
                doubts,
                doubted,
                version);
    }

    private CollectionState withMember(String name, Member member) {
        Map<String, Member> next = new TreeMap<>(members);
        next.put(name, member);
        return with(attempts, step, next, doubts, doubted);
    }

    /**
     * Puts a lost member out (R20). A step under way is given up: it may count on an answer, or a drain, that is void
     * now. In a migration the follower may lack what that member knew to be pending.
     */
    public CollectionState fence(String name) {
        require(members.containsKey(name), name + " is not a member");
        Map<String, Member> left = new TreeMap<>(members);
        left.remove(name);
        return phase == Phase.SINGLE
                ? with(attempts + 1, null, left, doubts, doubted)
                : with(attempts, step, left, doubts, doubted).doubt(Doubt.Kind.FENCED, name, 0, "");
    }

    /**
     * Records a doubt, in place of an older one of its kind about the same. A step under way is given up: it may count
     * on what is in doubt now. In SINGLE there is nothing to compare with, and so no doubt.
     *
     * @param about an index, or the member of a fence
     * @param since the version of the first write that may be missing
     * @param found what gave rise to it
     */
    public CollectionState doubt(Doubt.Kind kind, String about, long since, String found) {
        if (phase == Phase.SINGLE) {
            return this;
        }
        long number = attempts + 1;
        List<Doubt> standing = new ArrayList<>(doubts);
        standing.removeIf(older -> older.kind() == kind && older.about().equals(about));
        standing.add(new Doubt(number, kind, about, since, found));
        return with(number, null, members, standing, number);
    }

    /** The doubts of these kinds about an index or a member. */
    public List<Doubt> doubtsAbout(String name, Doubt.Kind... kinds) {
        List<Doubt.Kind> wanted = List.of(kinds);
        return doubts.stream()
                .filter(doubt -> doubt.about().equals(name) && wanted.contains(doubt.kind()))
                .toList();
    }

    /** The doubts after which an index may lack what was acked. */
    public List<Doubt> lossesOf(String index) {
        return doubts.stream()
                .filter(doubt -> doubt.about().equals(index) && doubt.kind().isLoss())
                .toList();
    }

    /**
     * Drops the doubts up to that number: since then both indexes have been compared and found equal. Unchanged if
     * there is a later one: what was compared may have been before it.
     */
    public CollectionState compared(long upTo) {
        return upTo < doubted ? this : with(attempts, step, members, List.of(), doubted);
    }

    /**
     * Turns the doubts about an index into one that a comparison ends: an operator has said what is to stand.
     *
     * @param lineage what the index bears from now on
     */
    public CollectionState accept(String index, String lineage, String reason) {
        List<Doubt> others =
                doubts.stream().filter(doubt -> !doubt.about().equals(index)).toList();
        Map<String, String> borne = new TreeMap<>(lineages);
        borne.put(index, lineage);
        CollectionState accepted = new CollectionState(
                epoch,
                phase,
                primary,
                migration,
                attempts,
                step,
                members,
                startedVersion,
                borne,
                offered,
                others,
                doubted,
                highest);
        return accepted.doubt(Doubt.Kind.UNCOMPARED, index, 0, reason);
    }

    /** Whether every member has applied this epoch. */
    public boolean isAppliedByAll() {
        return members.values().stream().allMatch(member -> member.appliedEpoch() == epoch);
    }

    public boolean isFleet() {
        return members.size() > 1;
    }

    /** The index that serves reads. */
    public String serving() {
        return phase.servesMigration() && migration != null ? migration : primary;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
