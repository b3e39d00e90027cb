package io.crossfade.proxy.migration.state;

import java.util.ArrayList;
import java.util.List;

/**
 * Verdicts of comparisons, by slice.
 *
 * @param started version at which the migration began
 * @param next slice of an unfinished run; 0 if none is
 * @param repairing the unfinished run repairs
 */
public record VerifyState(long started, List<SliceVerdict> slices, int next, boolean repairing) {
    public VerifyState {
        slices = List.copyOf(slices);
    }

    /**
     * @param compared documents
     * @param different after repairs, if any were made
     * @param moving looked at several times without a quiet moment
     * @param repaired in this run
     * @param beganMillis 0: never
     * @param repairsBefore runs that had repaired documents of this slice when it began
     * @param repairs such runs until now
     * @param doubted number of the latest doubt when it began and when it ended: a later one makes it void
     */
    public record SliceVerdict(
            long compared,
            long different,
            long moving,
            long repaired,
            long beganMillis,
            long repairsBefore,
            long repairs,
            long doubted) {
        /**
         * Whether nothing differs, nothing moves, and the run began after the last repair had ended, whatever the
         * clocks say (R25), and after the latest doubt (R36).
         *
         * @param latest number of that doubt
         */
        public boolean isClean(long latest) {
            return beganMillis > 0 && different == 0 && moving == 0 && repairsBefore == repairs && doubted == latest;
        }

        private SliceVerdict after(SliceVerdict stored) {
            long all = stored.repairs + (repaired > 0 ? 1 : 0);
            return new SliceVerdict(compared, different, moving, repaired, beganMillis, repairsBefore, all, doubted);
        }
    }

    public static VerifyState none(long started, int slices) {
        List<SliceVerdict> never = new ArrayList<>();
        for (int i = 0; i < slices; i++) {
            never.add(new SliceVerdict(0, 0, 0, 0, 0, 0, 0, 0));
        }
        return new VerifyState(started, never, 0, false);
    }

    /** Records that one more slice of a run is done. */
    public VerifyState slice(int index, SliceVerdict verdict, boolean repairs) {
        List<SliceVerdict> next = new ArrayList<>(slices);
        next.set(index, verdict.after(slices.get(index)));
        return new VerifyState(started, next, (index + 1) % slices.size(), repairs);
    }

    /** The number of the latest doubt that any slice was compared after. */
    private long latest() {
        return slices.stream().mapToLong(SliceVerdict::doubted).max().orElse(0);
    }

    /** Whether all was clean when it was compared; a doubt may have come since. */
    public boolean wasClean() {
        return isClean(latest());
    }

    public long cleanSlices(long doubted) {
        return slices.stream().filter(slice -> slice.isClean(doubted)).count();
    }

    /**
     * @param doubted number of the latest doubt
     */
    public boolean isClean(long doubted) {
        return slices.stream().allMatch(slice -> slice.isClean(doubted));
    }
}
