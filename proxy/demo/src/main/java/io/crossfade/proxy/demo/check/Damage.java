package io.crossfade.proxy.demo.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is wrong with an index: how often each kind was found, and the first of the findings. Not thread-safe. */
public final class Damage {
    private static final int MOST_FINDINGS = 20;

    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final List<String> findings = new ArrayList<>();

    /** The ways in which an index can be wrong. */
    public enum Kind {
        /** Acked writes that the serving index does not show. Counts writes, the others count documents. */
        LOST_WRITES,
        /** Should be there and is not. */
        MISSING,
        /** Is there and nobody wrote it, or is there twice. */
        EXTRA,
        /** Shows something else than the last acked write. */
        STALE,
        /** Was deleted and is back. */
        RESURRECTED,
        /** Its vector is absent, is of another space, or is not that of its text. */
        WRONG_SPACE
    }

    void add(Kind kind, int count, String finding) {
        counts.merge(kind, count, Integer::sum);
        if (findings.size() < MOST_FINDINGS) {
            findings.add(kind.name().toLowerCase(Locale.ROOT) + ": " + finding);
        }
    }

    /** Of one kind. */
    public int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    /** Whether nothing is wrong. */
    public boolean none() {
        return counts.isEmpty();
    }

    /** At most 20, in words. */
    public List<String> findings() {
        return List.copyOf(findings);
    }
}
