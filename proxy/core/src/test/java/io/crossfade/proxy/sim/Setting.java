package io.crossfade.proxy.sim;

import io.crossfade.proxy.migration.MigrationSettings;
import io.crossfade.proxy.write.mirror.Mirror;
import java.nio.file.Path;
import java.time.Duration;

/** Settings of a migration in tests; what a test cares about can be changed before they are used. */
public final class Setting {
    public static final Duration ACK_WAIT = Duration.ofMillis(5);
    public static final Duration MIRROR_DEADLINE = Duration.ofSeconds(2);

    public int maxPending = 10_000;
    public boolean refuseOnLoss;
    public int batch = 10;
    public int slices = 2;
    public int minCalls = 100;
    public double pace;
    public Duration sealedLimit = Duration.ofSeconds(30);

    public MigrationSettings in(Path directory) {
        return new MigrationSettings(
                ACK_WAIT,
                new Mirror.Settings(
                        MIRROR_DEADLINE, 1_000, 50, Duration.ofSeconds(2), 100, minCalls, Duration.ofSeconds(1), 3),
                directory,
                maxPending,
                1 << 24,
                refuseOnLoss,
                batch,
                slices,
                2,
                Duration.ofSeconds(2),
                Duration.ofMillis(200),
                pace,
                batch,
                5,
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                sealedLimit,
                Duration.ofSeconds(5),
                Duration.ofMinutes(15),
                0);
    }
}
