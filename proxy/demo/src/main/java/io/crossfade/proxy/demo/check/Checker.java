package io.crossfade.proxy.demo.check;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.check.Damage.Kind;
import io.crossfade.proxy.demo.check.Holding.HeldVector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Compares an index with the history of an application. Each document must be what its last acked write made of it; if
 * a later write had an unknown outcome, it may also be what that one wanted. Vectors must be of the index's space, and
 * on a sample they are made anew from the text.
 */
public final class Checker {
    private static final double LEAST_COSINE = 0.99;

    private final Map<String, Expectation> expectations;
    private final int sample;
    private final Random random;

    /**
     * @param sample how many vectors to make anew
     */
    public Checker(List<Call> history, int sample, long seed) {
        this.expectations = Expectation.of(history);
        this.sample = sample;
        this.random = new Random(seed);
    }

    public Damage check(Index index, Model model) {
        Damage damage = new Damage();
        Map<String, Holding> held = new HashMap<>();
        for (Holding holding : index.contents()) {
            if (held.put(holding.id(), holding) != null) {
                damage.add(Kind.EXTRA, 1, index.name() + ": " + holding.id() + " is there twice");
            }
            checkSpace(index, holding, damage);
        }
        expectations.forEach(
                (id, expectation) -> checkState(index, id, expectation, Optional.ofNullable(held.get(id)), damage));
        held.keySet().stream()
                .filter(id -> !expectations.containsKey(id))
                .forEach(id -> damage.add(Kind.EXTRA, 1, index.name() + ": " + id + " was never written"));
        checkVectors(index, model, damage);
        return damage;
    }

    private static void checkState(
            Index index, String id, Expectation expectation, Optional<Holding> held, Damage damage) {
        Optional<Entry> found = held.map(Holding::entry);
        if (expectation.allows(found)) {
            return;
        }
        String where = index.name() + ": " + id;
        if (found.isEmpty()) {
            damage.add(Kind.MISSING, 1, where + " is not there (expected: " + show(expectation.last()) + ")");
        } else if (expectation.last().isEmpty()) {
            damage.add(Kind.RESURRECTED, 1, where + " was deleted (found: " + show(found) + ")");
        } else {
            String age = expectation.was(found) ? "shows an older state " : "shows what nobody wrote ";
            damage.add(
                    Kind.STALE, 1, where + " " + age + show(found) + " (expected: " + show(expectation.last()) + ")");
        }
        int lost = expectation.lost(found);
        if (index.serves() && lost > 0) {
            damage.add(Kind.LOST_WRITES, lost, where + " does not show its last " + lost + " acked writes");
        }
    }

    private static void checkSpace(Index index, Holding holding, Damage damage) {
        String where = index.name() + ": " + holding.id();
        if (holding.vectors().size() != 1) {
            damage.add(Kind.WRONG_SPACE, 1, where + " has " + holding.vectors().size() + " vectors (expected: 1)");
            return;
        }
        HeldVector vector = holding.vectors().get(0);
        boolean unstamped = vector.fingerprint().isEmpty() && !index.stamped();
        if (!vector.space().equals(index.space())) {
            damage.add(
                    Kind.WRONG_SPACE,
                    1,
                    where + " has a vector of " + vector.space() + " (expected: " + index.space() + ")");
        } else if (!unstamped && !vector.fingerprint().equals(index.fingerprint())) {
            damage.add(
                    Kind.WRONG_SPACE,
                    1,
                    where + " has a vector made in space " + vector.fingerprint() + " (expected: " + index.fingerprint()
                            + ")");
        }
    }

    /** A vector's own claim proves nothing, so some are made anew. */
    private void checkVectors(Index index, Model model, Damage damage) {
        List<Holding> drawn = new ArrayList<>(index.contents().stream()
                .filter(holding -> holding.vectors().size() == 1)
                .toList());
        Collections.shuffle(drawn, random);
        List<Holding> sampled = drawn.subList(0, Math.min(sample, drawn.size()));
        if (sampled.isEmpty()) {
            return;
        }
        List<float[]> anew =
                model.embed(sampled.stream().map(each -> each.entry().text()).toList());
        IntStream.range(0, sampled.size()).forEach(i -> {
            Holding holding = sampled.get(i);
            double cosine = cosine(holding.vectors().get(0).values(), anew.get(i));
            if (!(cosine >= LEAST_COSINE)) {
                damage.add(
                        Kind.WRONG_SPACE,
                        1,
                        String.format(
                                "%s: %s has a vector that is not its text's: cosine %.4f (expected: >= %.2f)",
                                index.name(), holding.id(), cosine, LEAST_COSINE));
            }
        });
    }

    /** NaN if the lengths differ. */
    private static double cosine(float[] a, float[] b) {
        if (a.length != b.length) {
            return Double.NaN;
        }
        double dot = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return dot / Math.sqrt(squaresA * squaresB);
    }

    private static String show(Optional<Entry> entry) {
        return entry.map(Entry::toString).orElse("nothing");
    }
}
