package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.model.Phase;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet has agreed on for one collection. Changed by compare-and-set only, so of two racing admins one wins.
 *
 * @param epoch grows with every committed step
 * @param primary in SINGLE the one index
 * @param migration null in SINGLE
 * @param attempts steps ever prepared; numbers them
 * @param step the step being taken, if any
 * @param members the registered sidecars, by name
 * @param startedVersion version clock when the migration began; 0 in SINGLE
 */
public record CollectionState(
        long epoch,
        Phase phase,
        String primary,
        @Nullable String migration,
        long attempts,
        @Nullable Step step,
        Map<String, Member> members,
        long startedVersion) {
    public CollectionState {
        members = Map.copyOf(members);
    }

    /** Of a collection that nobody has touched. */
    public static CollectionState initial(String index) {
        return new CollectionState(1, Phase.SINGLE, index, null, 0, null, Map.of(), 0);
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
    }

    /**
     * @param appliedEpoch calls of older epochs have ended on this member
     */
    public record Member(long appliedEpoch, long registeredMillis) {}

    /** Prepares a step; there must be none. */
    public CollectionState prepare(Phase target, @Nullable String toIndex, long millis, String reason) {
        require(step == null, "a step is being taken already");
        Step next = new Step(attempts + 1, target, toIndex, millis, reason, Map.of());
        return new CollectionState(epoch, phase, primary, migration, attempts + 1, next, members, startedVersion);
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
        return new CollectionState(epoch, phase, primary, migration, attempts, next, members, startedVersion);
    }

    /** Every member that is registered now agrees (R19). */
    public boolean isAgreed() {
        return step != null
                && members.keySet().stream()
                        .allMatch(member -> "".equals(step.answers().get(member)));
    }

    /** Takes the step. */
    public CollectionState commit(long attempt, long version) {
        Step agreed = step;
        require(agreed != null && agreed.attempt() == attempt && isAgreed(), "the step is not agreed");
        Phase target = agreed == null ? phase : agreed.target();
        String toIndex = agreed == null ? null : agreed.toIndex();
        if (target == Phase.SINGLE) {
            return new CollectionState(
                    epoch + 1, target, toIndex == null ? primary : toIndex, null, attempts, null, members, 0);
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
                begins ? version : startedVersion);
    }

    /** Gives the step up; unchanged if it is over. */
    public CollectionState abort(long attempt) {
        return step == null || step.attempt() != attempt
                ? this
                : new CollectionState(epoch, phase, primary, migration, attempts, null, members, startedVersion);
    }

    /** Registers a member, or reports the epoch that it has applied. */
    public CollectionState member(String name, long appliedEpoch, long millis) {
        Map<String, Member> next = new TreeMap<>(members);
        Member before = members.get(name);
        next.put(name, new Member(appliedEpoch, before == null ? millis : before.registeredMillis()));
        return withMembers(next);
    }

    /** A member leaves by itself. */
    public CollectionState without(String name) {
        Map<String, Member> next = new TreeMap<>(members);
        next.remove(name);
        return withMembers(next);
    }

    private CollectionState withMembers(Map<String, Member> next) {
        return new CollectionState(epoch, phase, primary, migration, attempts, step, next, startedVersion);
    }

    /** Every member has applied this epoch. */
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
