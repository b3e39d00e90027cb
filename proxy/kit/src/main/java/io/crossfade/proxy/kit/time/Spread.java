package io.crossfade.proxy.kit.time;

import java.util.Collection;
import java.util.List;

/** Where the middle of some figures is, and how far they lie apart. */
public record Spread(double median, double lowest, double highest) {
    /**
     * @param figures at least one
     */
    public static Spread of(Collection<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int half = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
    }

    /**
     * @param format of each of the three
     */
    public String show(String format) {
        return String.format(format + " (" + format + "–" + format + ")", median, lowest, highest);
    }
}
