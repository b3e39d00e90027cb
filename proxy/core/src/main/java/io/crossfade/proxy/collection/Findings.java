package io.crossfade.proxy.collection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with one request. Lossy: beyond 1,000 of a kind only the fact remains. Not thread-safe. */
final class Findings {
    private static final int MOST = 1000;

    private @Nullable List<Violation> invalid;
    private @Nullable List<Violation> unmet;

    /** Adds that the request is wrong. */
    void invalid(Place place, String problem) {
        if (invalid == null) {
            invalid = new ArrayList<>();
        }
        add(invalid, place, problem);
    }

    /** Adds that something is right, but not now or not here. */
    void unmet(Place place, String problem) {
        if (unmet == null) {
            unmet = new ArrayList<>();
        }
        add(unmet, place, problem);
    }

    private static void add(List<Violation> violations, Place place, String problem) {
        if (violations.size() < MOST) {
            violations.add(new Violation(place.toString(), problem));
        }
    }

    boolean isInvalid() {
        return invalid != null;
    }

    /**
     * @throws CallException of kind INVALID if the request is wrong, else PRECONDITION if something is unmet
     */
    void throwIfAny() {
        if (invalid != null) {
            throw CallException.invalid(invalid);
        }
        if (unmet != null) {
            throw CallException.unmet(unmet);
        }
    }
}
