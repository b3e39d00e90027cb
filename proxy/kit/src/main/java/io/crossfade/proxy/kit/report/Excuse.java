package io.crossfade.proxy.kit.report;

import static java.util.Objects.requireNonNull;

/**
 * Why a test has asked less of an engine than it asks of others.
 *
 * @param trait of the engine, as its driver states it
 * @param asserted what was asserted in the place of what was not
 */
public record Excuse(String trait, String asserted) {
    public Excuse {
        requireNonNull(trait, "trait");
        requireNonNull(asserted, "asserted");
    }
}
