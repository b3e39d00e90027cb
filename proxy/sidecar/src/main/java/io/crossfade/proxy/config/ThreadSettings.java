package io.crossfade.proxy.config;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;

/**
 * Settings of the threads on which the driver of an index waits and computes. Each index has its own, so that one that
 * hangs uses up nobody else's.
 *
 * @param most at once; they are made when they are needed
 * @param queue calls that may wait for one; more are not sent
 */
public record ThreadSettings(
        @Default("8") int most, @Default("1000") int queue) {
    public ThreadSettings {
        new Check()
                .between("most", most, 1, 1_000)
                .between("queue", queue, 1, 1_000_000)
                .done();
    }
}
