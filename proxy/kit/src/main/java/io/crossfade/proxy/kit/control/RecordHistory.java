package io.crossfade.proxy.kit.control;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.Revision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A history of what several writers and readers of one record were told. It is linearizable if the changes that were
 * done form one chain that begins with the absent record, and if that chain, with every read and every conflict at some
 * place in it, goes on with time: whatever had ended before something else began comes before it. Guarded by this
 * object's lock.
 */
final class RecordHistory {
    private final List<Call> done = new ArrayList<>();
    private final List<Call> conflicts = new ArrayList<>();
    private final List<Call> reads = new ArrayList<>();
    private long clock;

    /**
     * A call that has ended.
     *
     * @param expected by a change
     * @param revision that was written or read
     */
    private record Call(long began, long ended, Revision expected, Revision revision, String value) {}

    /** Begins a call; gives a moment, to be given back when the call has ended. */
    synchronized long begin() {
        return ++clock;
    }

    synchronized void wrote(long began, Revision expected, String value, Change answer) {
        if (answer instanceof Change.Done change) {
            done.add(new Call(began, ++clock, expected, change.revision(), value));
        } else {
            conflicts.add(new Call(began, ++clock, expected, Revision.ABSENT, value));
        }
    }

    synchronized void read(long began, Optional<Versioned> answer) {
        Revision revision = answer.map(Versioned::revision).orElse(Revision.ABSENT);
        String value = answer.map(found -> new String(found.value(), StandardCharsets.UTF_8))
                .orElse("");
        reads.add(new Call(began, ++clock, Revision.ABSENT, revision, value));
    }

    synchronized int changes() {
        return done.size();
    }

    synchronized int conflicts() {
        return conflicts.size();
    }

    /** Finds everything that a linearizable store cannot have answered. */
    synchronized List<String> violations() {
        List<String> violations = new ArrayList<>();
        new Check(chain(violations), violations).run();
        return violations;
    }

    private List<Call> chain(List<String> violations) {
        Map<Revision, Call> after = new HashMap<>();
        for (Call change : done) {
            Call other = after.put(change.expected(), change);
            if (other != null) {
                violations.add("two changes of one state: " + other + " and " + change);
            }
        }
        List<Call> chain = new ArrayList<>();
        for (Call next = after.remove(Revision.ABSENT); next != null; next = after.remove(next.revision())) {
            chain.add(next);
        }
        after.values().forEach(change -> violations.add("a change of what never stood: " + change));
        return chain;
    }

    /** One check, which counts places from the absent record, at place 0. */
    private final class Check {
        private final List<Call> chain;
        private final List<String> violations;
        private final Map<Revision, Integer> places = new HashMap<>();
        private final long[] seenBy;

        Check(List<Call> chain, List<String> violations) {
            this.chain = chain;
            this.violations = violations;
            places.put(Revision.ABSENT, 0);
            for (Call change : chain) {
                places.put(change.revision(), places.size());
            }
            seenBy = seenBy();
        }

        /** Finds when each place had been reached for certain. */
        private long[] seenBy() {
            long[] moments = new long[chain.size() + 1];
            for (int place = 1; place < moments.length; place++) {
                moments[place] = chain.get(place - 1).ended();
            }
            for (Call read : reads) {
                int place = places.getOrDefault(read.revision(), 0);
                moments[place] = Math.min(moments[place], read.ended());
            }
            for (int place = moments.length - 2; place > 0; place--) {
                moments[place] = Math.min(moments[place], moments[place + 1]);
            }
            return moments;
        }

        void run() {
            for (int place = 1; place <= chain.size(); place++) {
                if (chain.get(place - 1).began() > seenBy[place]) {
                    violations.add("seen, or replaced, before it began: " + chain.get(place - 1));
                }
            }
            reads.forEach(this::checkRead);
            conflicts.forEach(this::checkConflict);
        }

        private void checkRead(Call read) {
            Integer place = places.get(read.revision());
            if (place == null) {
                violations.add("a read of what was never written: " + read);
            } else if (place > 0 && !chain.get(place - 1).value().equals(read.value())) {
                violations.add("a read of another value: " + read);
            } else if (place < chain.size() && seenBy[place + 1] < read.began()) {
                violations.add("a read of what had been replaced: " + read);
            }
        }

        /** Checks that something else stood there at some moment: before the expected state, or after it. */
        private void checkConflict(Call conflict) {
            Integer place = places.get(conflict.expected());
            boolean wasYetToCome = place != null && place > 0 && seenBy[place] > conflict.began();
            boolean wasReplaced =
                    place != null && place < chain.size() && chain.get(place).began() < conflict.ended();
            if (!wasYetToCome && !wasReplaced) {
                violations.add("a conflict with nothing: " + conflict);
            }
        }
    }
}
