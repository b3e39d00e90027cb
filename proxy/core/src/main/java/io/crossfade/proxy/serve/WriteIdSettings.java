package io.crossfade.proxy.serve;

import io.crossfade.proxy.settings.Bytes;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * How long answered writes are known by their {@code write_id}.
 *
 * @param window how long the answer of a call is kept, to be given to its repeats
 * @param maxBytes of all answers that are kept; beyond it the oldest go before their time
 */
public record WriteIdSettings(
        @Default("1m") Duration window,
        @Bytes @Default("32MiB") int maxBytes) {
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int LEAST_BYTES = 64 << 10;

    public WriteIdSettings {
        new Check()
                .positive("window", window)
                .that(window.compareTo(LONGEST) <= 0, "window", window, "<= " + LONGEST)
                .atLeast("max_bytes", maxBytes, LEAST_BYTES)
                .done();
    }
}
