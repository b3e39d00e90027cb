package io.crossfade.proxy.collection;

import io.crossfade.proxy.collection.Description.Limits;
import io.crossfade.proxy.model.Key;

/** Checks that keys are neither empty nor too long. */
final class KeyCheck {
    private final Findings findings;
    private final int most;

    KeyCheck(Findings findings, Limits limits) {
        this.findings = findings;
        most = limits.idBytes();
    }

    /**
     * @param place of the message with the parts {@code namespace} and {@code id}
     */
    void check(Place place, Key key) {
        if (key.id().isEmpty() || !Utf8.fits(key.id(), most)) {
            findings.invalid(place.part("id"), Utf8.size(key.id()) + " bytes (expected: 1 to " + most + ")");
        }
        if (!Utf8.fits(key.namespace(), most)) {
            findings.invalid(
                    place.part("namespace"), Utf8.size(key.namespace()) + " bytes (expected: at most " + most + ")");
        }
    }
}
