package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.model.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet has agreed on for one collection. Changed by compare-and-set only, so of two racing admins one wins.
 *
 * @param epoch grows with every committed step
 * @param primary in SINGLE the one index
 * @param migration null in SINGLE
 * @param attempts steps ever prepared and members ever fenced; numbers them
 * @param step the step being taken, if any
 * @param members the registered sidecars, by name
 * @param startedVersion version clock when the migration began; 0 in SINGLE
 * @param fences of lost members whose pending writes nobody knows; until both indexes have been compared since
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
        List<Fence> fences) {
    public CollectionState {
        members = Map.copyOf(members);
        fences = List.copyOf(fences);
    }

    /** The state of a collection that nobody has touched. */
    public static CollectionState initial(String index) {
        return new CollectionState(1, Phase.SINGLE, index, null, 0, null, Map.of(), 0, List.of());
    }

    /**
     * One try to take one step. Answers count for this try only (R19).
     *
     * @param toIndex the index that SINGLE keeps, or that MIRRORING copies to; null otherwise
     * @param answers by member: "" agrees, anything else is the reason why not
     */
    public record Step(
            long attempt,
            Phase target,
            @Nullable String toIndex,
            long preparedMillis,
            String reason,
            Map<String, String> answers) {
        public Step {
            answers = Map.copyOf(answers);
        }

        /** Whether they differ in their answers at most. */
        public boolean isSameTry(Step other) {
            return equals(
                    new Step(other.attempt, other.target, other.toIndex, other.preparedMillis, other.reason, answers));
        }
    }

    /**
     * @param appliedEpoch calls of older epochs have ended on this member
     */
    public record Member(long appliedEpoch, long registeredMillis) {}

    /**
     * A member that an admin has put out, because it is lost for good: its marks went with it (R20).
     *
     * @param number later ones have higher numbers
     */
    public record Fence(String member, long number) {}

    /** Prepares a step; there must be none. */
    public CollectionState prepare(Phase target, @Nullable String toIndex, long millis, String reason) {
        require(step == null, "a step is being taken already");
        require(Transitions.isLegal(phase, target), "no step leads from " + phase + " to " + target);
        Step next = new Step(attempts + 1, target, toIndex, millis, reason, Map.of());
        return new CollectionState(
                epoch, phase, primary, migration, attempts + 1, next, members, startedVersion, fences);
    }

    /** Records an answer to the step of that number; unchanged if it is over. */
    public CollectionState answer(long attempt, String member, String answer) {
        if (step == null || step.attempt() != attempt || !members.containsKey(member)) {
            return this;
        }
        Map<String, String> answers = new TreeMap<>(step.answers());
        answers.putIfAbsent(member, answer);
        Step next =
                new Step(step.attempt(), step.target(), step.toIndex(), step.preparedMillis(), step.reason(), answers);
        return withStep(next);
    }

    /** Whether every member that is registered now agrees (R19). */
    public boolean isAgreed() {
        return step != null
                && members.keySet().stream()
                        .allMatch(member -> "".equals(step.answers().get(member)));
    }

    /** Takes the step, to which all must have agreed. */
    public CollectionState commit(long attempt, long version) {
        Step agreed = step;
        require(agreed != null && agreed.attempt() == attempt && isAgreed(), "the step is not agreed");
        Phase target = agreed == null ? phase : agreed.target();
        String toIndex = agreed == null ? null : agreed.toIndex();
        if (target == Phase.SINGLE) {
            return new CollectionState(
                    epoch + 1,
                    target,
                    toIndex == null ? primary : toIndex,
                    null,
                    attempts,
                    null,
                    members,
                    0,
                    List.of());
        }
        boolean begins = phase == Phase.SINGLE;
        return new CollectionState(
                epoch + 1,
                target,
                primary,
                begins ? toIndex : migration,
                attempts,
                null,
                members,
                begins ? version : startedVersion,
                fences);
    }

    /** Gives the step up; unchanged if it is over. */
    public CollectionState abort(long attempt) {
        return step == null || step.attempt() != attempt ? this : withStep(null);
    }

    private CollectionState withStep(@Nullable Step next) {
        return new CollectionState(epoch, phase, primary, migration, attempts, next, members, startedVersion, fences);
    }

    /** Registers a member that begins: it has applied nothing yet. */
    public CollectionState register(String name, long millis) {
        Member before = members.get(name);
        return withMember(name, new Member(0, before == null ? millis : before.registeredMillis()));
    }

    /** Records that a member has applied this epoch; unchanged if it has been fenced, or if a later epoch was reported before. */
    public CollectionState applied(String name, long appliedEpoch) {
        Member before = members.get(name);
        return before == null || before.appliedEpoch() >= appliedEpoch
                ? this
                : withMember(name, new Member(appliedEpoch, before.registeredMillis()));
    }

    private CollectionState withMember(String name, Member member) {
        Map<String, Member> next = new TreeMap<>(members);
        next.put(name, member);
        return new CollectionState(epoch, phase, primary, migration, attempts, step, next, startedVersion, fences);
    }

    /**
     * Puts a lost member out (R20). A step under way is given up: it may count on an answer, or a drain, that is void
     * now. In a migration the follower may lack what that member knew to be pending.
     */
    public CollectionState fence(String name) {
        require(members.containsKey(name), name + " is not a member");
        Map<String, Member> left = new TreeMap<>(members);
        left.remove(name);
        long number = attempts + 1;
        List<Fence> all = new ArrayList<>(fences);
        if (phase != Phase.SINGLE) {
            all.add(new Fence(name, number));
        }
        return new CollectionState(epoch, phase, primary, migration, number, null, left, startedVersion, all);
    }

    /** The highest number of a fence; 0 if there is none. */
    public long lastFence() {
        return fences.stream().mapToLong(Fence::number).max().orElse(0);
    }

    /** Drops the fences up to that number: since then both indexes have been compared and found equal. */
    public CollectionState compared(long lastFence) {
        List<Fence> later =
                fences.stream().filter(fence -> fence.number() > lastFence).toList();
        return new CollectionState(epoch, phase, primary, migration, attempts, step, members, startedVersion, later);
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
