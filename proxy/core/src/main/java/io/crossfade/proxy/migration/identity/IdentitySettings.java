package io.crossfade.proxy.migration.identity;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.settings.Quantity;
import java.time.Duration;

/**
 * Settings of how it is made sure that an index is still the one that it was.
 *
 * @param beat while documents are written, each index gets a note this often; what it loses within one beat, together
 *     with the memory of the sidecar, nobody sees
 * @param look an index that is not written to is looked at this often
 * @param timeout of one call to an index
 * @param claim without a migration, it is looked this often whether sidecars with another control store are about to migrate
 *     the index; a migration that begins waits for twice this. The same for all that write to an index; zero: nobody else
 *     can
 * @param voidClaims the control store whose claims count for nothing, because it is gone for good; a refusal names it
 * @param tail the last writes of each index that are read back, at most
 */
public record IdentitySettings(
        @Default("1s") Duration beat,
        @Default("5s") Duration look,
        @Default("2s") Duration timeout,
        @Default("10s") Duration claim,
        @Default("") String voidClaims,
        @Default("4096") int tail) {
    public IdentitySettings {
        new Check()
                .positive("beat", beat)
                .that(
                        look.compareTo(beat) >= 0,
                        "look",
                        Quantity.text(look),
                        ">= beat, which is " + Quantity.text(beat))
                .positive("timeout", timeout)
                .notNegative("claim", claim)
                .positive("tail", tail)
                .done();
    }
}
