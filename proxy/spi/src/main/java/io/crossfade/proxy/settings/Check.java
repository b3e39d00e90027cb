package io.crossfade.proxy.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a record's values, for its constructor. Names are keys as a user writes them. */
public final class Check {
    private final List<String> violations = new ArrayList<>();

    public Check positive(String name, long value) {
        return atLeast(name, value, 1);
    }

    public Check positive(String name, Duration value) {
        return that(value.compareTo(Duration.ZERO) > 0, name, Quantity.text(value), "> 0");
    }

    public Check notNegative(String name, Duration value) {
        return that(!value.isNegative(), name, Quantity.text(value), ">= 0");
    }

    public Check atLeast(String name, long value, long least) {
        return that(value >= least, name, value, ">= " + least);
    }

    public Check between(String name, long value, long least, long most) {
        return that(value >= least && value <= most, name, value, least + " to " + most);
    }

    public Check between(String name, double value, double least, double most) {
        return that(value >= least && value <= most, name, value, least + " to " + most);
    }

    public Check notEmpty(String name, String value) {
        return that(!value.isEmpty(), name, "empty", "a text");
    }

    public Check that(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            violations.add(violation(name, value, expected));
        }
        return this;
    }

    /**
     * Ends the check.
     *
     * @throws InvalidSettingsException if anything is wrong
     */
    public void done() {
        if (!violations.isEmpty()) {
            throw new InvalidSettingsException(violations);
        }
    }

    static String violation(String name, Object value, String expected) {
        return name + ": " + value + " (expected: " + expected + ")";
    }
}
