package io.crossfade.client;

import java.time.Duration;

/** How long a call may take, all its attempts together; for a scan, how long until the next page. */
record Timeouts(Duration read, Duration write) {
    static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));

    Timeouts {
        requirePositive("timeout.read", read);
        requirePositive("timeout.write", write);
    }

    private static void requirePositive(String name, Duration timeout) {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException(name + ": " + timeout + " (expected: > 0)");
        }
    }
}
