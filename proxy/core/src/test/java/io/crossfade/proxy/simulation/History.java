package io.crossfade.proxy.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What clients wrote and read, with the times of calls and answers, register by register: each part of a document that
 * is written by itself is one. A value may stand, or be read, only if no write that took effect for certain began after
 * it had ended: real-time order. A value that was read once has taken effect. Times only grow.
 */
final class History {
    private static final int SHOWN = 12;

    private final Map<String, Register> registers = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long ackedWrites;
    private boolean acksWaitAfterFlip;
    private long longestWait = Long.MAX_VALUE;

    /** All writes of one register, and, for the binary search, since when which of them are certain. */
    private static final class Register {
        private final List<Write> writes = new ArrayList<>();
        private final Map<@Nullable String, List<Write>> byValue = new HashMap<>();
        private final List<Long> certainAt = new ArrayList<>();
        private final List<Long> latestBegan = new ArrayList<>();
        private final List<Write> waivers = new ArrayList<>();

        void add(Write write) {
            writes.add(write);
            byValue.computeIfAbsent(write.value, value -> new ArrayList<>()).add(write);
        }

        void certain(Write write, long now) {
            long latest = latestBegan.isEmpty() ? -1 : latestBegan.get(latestBegan.size() - 1);
            certainAt.add(now);
            latestBegan.add(Math.max(latest, write.began));
        }

        /** The latest beginning of a write that had taken effect before then. */
        long latestCertain(long before) {
            int low = 0;
            int high = certainAt.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (certainAt.get(middle) < before) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low == 0 ? -1 : latestBegan.get(low - 1);
        }

        List<Write> candidates(@Nullable String value) {
            return byValue.getOrDefault(value, List.of());
        }
    }

    /** A write of a value; null removes it. */
    final class Write {
        private final String register;
        private final @Nullable String value;
        private final long began;
        private final long longestWait;
        private long ended = Long.MAX_VALUE;
        private long answered = Long.MAX_VALUE;
        private boolean certain;
        private boolean refused;
        private boolean isOnOld;
        private boolean doubtful;
        private boolean waiver;
        private long mayLandUntil;

        private Write(String register, @Nullable String value, long began, long longestWait) {
            this.register = register;
            this.value = value;
            this.began = began;
            this.longestWait = longestWait;
        }

        void acked(long now) {
            ended = now;
            answered = now;
            ackedWrites++;
            certain(now);
            of(register).waivers.removeIf(waiver -> waiver.isOvertakenBy(this));
        }

        private boolean isOvertakenBy(Write later) {
            if (later.began > began) {
                mayLandUntil = later.ended;
            }
            return later.began > began;
        }

        private void certain(long now) {
            if (!certain) {
                certain = true;
                of(register).certain(this, now);
            }
        }

        /** The call said that nothing was done. */
        void refused() {
            refused = !doubtful;
        }

        /** After a flip: the new index has not taken it, but the old one may have, where it stands if the reads go back. */
        void refusedByNew() {
            refused();
            isOnOld = refused;
        }

        /** There was nothing to write to. */
        void notFound(long now) {
            answered = now;
            refused();
        }

        /** The call, or an earlier try, may have been applied, or may be until then: as without a sidecar. */
        void doubtful(long until) {
            doubtful = true;
            refused = false;
            mayLandUntil = Math.max(mayLandUntil, until);
        }

        boolean isDoubtful() {
            return doubtful;
        }

        /** From when on it cannot take effect any more. */
        private long landed() {
            return Math.max(ended, mayLandUntil);
        }

        @Override
        public String toString() {
            return register + "=" + value + " [" + began + ", " + (ended == Long.MAX_VALUE ? "?" : ended) + "]"
                    + (refused ? " refused" : "");
        }
    }

    Write begin(String register, @Nullable String value, long now) {
        Write write = new Write(register, value, now, longestWait);
        of(register).add(write);
        return write;
    }

    /** An operator accepts that nothing is there on the new index, until it is written again. */
    void waived(String register, long now) {
        Write nothing = begin(register, null, now);
        nothing.waiver = true;
        nothing.doubtful(Long.MAX_VALUE);
        of(register).waivers.add(nothing);
    }

    /** Who had recorded the waivers has lost its records: a repair after the flip takes the last copies for extra ones. */
    void waiversAreForgotten() {
        registers.values().stream()
                .flatMap(register -> register.waivers.stream())
                .forEach(nothing -> nothing.waiver = false);
    }

    /** What the new index alone has is not acked after the flip: it may be read, and left behind all the same. */
    void acksWaitAfterFlip(boolean wait) {
        acksWaitAfterFlip = wait;
    }

    /** What the new index refused, and the old one may have, can be read from now on, and is copied. */
    void readsWentBack() {
        registers.values().stream()
                .flatMap(register -> register.writes.stream())
                .filter(write -> write.isOnOld)
                .forEach(write -> write.refused = false);
    }

    private Register of(String register) {
        return registers.computeIfAbsent(register, same -> new Register());
    }

    /**
     * @param fromNew the new index has answered it, to which waivers apply
     * @param mayVanish what nobody was acked may be seen by it, and not by a later one
     */
    record Read(long began, long ended, boolean fromNew, boolean mayVanish) {}

    void read(String register, @Nullable String value, Read read) {
        String where = "read [" + read.began() + ", " + read.ended() + "]";
        check(where, register, value, read.began(), read.ended(), read.fromNew());
        if (value != null && !read.mayVanish() && !(read.fromNew() && acksWaitAfterFlip)) {
            of(register).candidates(value).forEach(write -> write.certain(read.ended()));
        }
    }

    /**
     * What stands at the end.
     *
     * @param onNew whether on the new index
     */
    void stands(String where, String register, @Nullable String value, boolean onNew) {
        check(where, register, value, Long.MAX_VALUE - 1, Long.MAX_VALUE, onNew);
    }

    private void check(
            String where, String register, @Nullable String value, long began, long ended, boolean waivable) {
        Register known = of(register);
        long latest = known.latestCertain(began);
        if (value == null && latest < 0) {
            return;
        }
        List<Write> candidates = known.candidates(value);
        for (int i = candidates.size() - 1; i >= 0; i--) {
            Write write = candidates.get(i);
            boolean counts = !write.refused && (waivable || !write.waiver);
            if (counts && write.began <= ended && write.landed() >= latest) {
                return;
            }
        }
        violations.add(where + ": " + register + "=" + value + " though " + shown(known, value, latest));
    }

    /**
     * Whether a write may have taken effect, and that after one of the value.
     *
     * @param since and no other of its register that has begun from then on has followed it
     */
    boolean mayFollow(Write later, String register, String value, long since) {
        long latest = of(later.register).latestCertain(Long.MAX_VALUE);
        return !later.refused
                && (later.landed() >= latest || latest < since)
                && of(register).candidates(value).stream()
                        .anyMatch(write -> !write.refused && write.began <= later.landed());
    }

    private static List<Write> shown(Register known, @Nullable String value, long latest) {
        List<Write> relevant = known.writes.stream()
                .filter(write -> write.began >= latest || Objects.equals(write.value, value))
                .toList();
        return relevant.subList(0, Math.min(SHOWN, relevant.size()));
    }

    /** Calls that begin from now on must be acked within so many nanoseconds. */
    void expectWithin(long nanos) {
        longestWait = nanos;
    }

    /** Calls may take their time; those that have not been acked by now have failed. */
    void expectNothing() {
        longestWait = Long.MAX_VALUE;
        registers.values().stream()
                .flatMap(register -> register.writes.stream())
                .filter(write -> write.longestWait < Long.MAX_VALUE && write.answered - write.began > write.longestWait)
                .forEach(write -> violations.add("not isolated from the follower: " + write));
    }

    void violation(String what) {
        violations.add(what);
    }

    List<String> violations() {
        return violations;
    }

    long acked() {
        return ackedWrites;
    }
}
