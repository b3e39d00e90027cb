package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * Options of the driver.
 *
 * @param address of the other Crossfade's data listener: {@code host:port} or {@code unix:/path}
 * @param collection its name there
 * @param tls speak TLS, trusting the platform's certificates
 * @param unknownSettle how long after it was sent a write whose answer was lost may still take effect there. However
 * long it was under way, the other Crossfade, by its own clock, does not begin it any later
 */
record CrossfadeIndexSettings(
        String address,
        String collection,
        @Default("false") boolean tls,
        @Default("5s") Duration unknownSettle) {
    CrossfadeIndexSettings {
        new Check()
                .notEmpty("address", address)
                .notEmpty("collection", collection)
                .positive("unknown_settle", unknownSettle)
                .done();
    }
}
