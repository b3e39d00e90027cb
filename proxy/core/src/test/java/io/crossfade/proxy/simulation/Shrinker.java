package io.crossfade.proxy.simulation;

import io.crossfade.proxy.kit.time.Stopwatch;
import io.crossfade.proxy.simulation.Simulation.Leaving;
import io.crossfade.proxy.simulation.Simulation.Verdict;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds a shorter run that fails in the same way, by leaving out traffic and trouble in ever smaller pieces, as delta debugging does
 * (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
 */
final class Shrinker {
    private static final int MOST_RUNS = 2_000;
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Pattern KIND = Pattern.compile("[a-z][a-z ]*");

    private final Function<Leaving, Verdict> run;
    private final String kind;
    private final BitSet withoutTraffic = new BitSet();
    private final BitSet withoutTrouble = new BitSet();
    private Verdict shortest;
    private final Stopwatch watch = new Stopwatch();
    private int runs;

    private Shrinker(Verdict failing, Function<Leaving, Verdict> run) {
        this.shortest = failing;
        this.kind = kind(failing);
        this.run = run;
    }

    static Verdict shrink(Verdict failing, Function<Leaving, Verdict> run) {
        Shrinker shrinker = new Shrinker(failing, run);
        int slots = Math.toIntExact(failing.slots());
        for (int piece = slots; piece >= 1 && shrinker.mayGoOn(); piece /= 2) {
            shrinker.leaveOut(shrinker.withoutTrouble, slots, piece);
            shrinker.leaveOut(shrinker.withoutTraffic, slots, piece);
        }
        return shrinker.shortest;
    }

    private void leaveOut(BitSet slots, int end, int piece) {
        for (int from = 0; from < end && mayGoOn(); from += piece) {
            int to = Math.min(end, from + piece);
            if (slots.nextClearBit(from) >= to) {
                continue;
            }
            BitSet before = (BitSet) slots.clone();
            slots.set(from, to);
            runs++;
            Verdict verdict = run.apply(leaving());
            if (!verdict.holds() && kind(verdict).equals(kind)) {
                shortest = verdict;
            } else {
                slots.clear();
                slots.or(before);
            }
        }
    }

    /** The words that the first violation begins with: what follows is of this run alone. */
    private static String kind(Verdict failing) {
        String first = failing.violations().get(0);
        Matcher words = KIND.matcher(first);
        return words.lookingAt() ? words.group() : first;
    }

    private boolean mayGoOn() {
        return runs < MOST_RUNS && watch.elapsed().compareTo(LONGEST) < 0;
    }

    private Leaving leaving() {
        BitSet traffic = (BitSet) withoutTraffic.clone();
        BitSet trouble = (BitSet) withoutTrouble.clone();
        return new Leaving(slot -> traffic.get((int) slot), slot -> trouble.get((int) slot));
    }
}
