package io.crossfade.proxy.store.file;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.time.SystemTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that changes records, several times, and looks for every change that it had acknowledged. */
final class KilledStoreTest {
    private static final int KILLS = 4;

    @TempDir
    private Path directory;

    @Test
    void killed_everyAckedChangeIsThere() throws IOException {
        Random random = new Random(5);
        int acked = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            acked = changeUntilKilled(acked + 1, 20 + random.nextInt(100));
            try (SystemTime time = new SystemTime();
                    FileControlStore store = FileControlStore.open(directory, time)) {
                check(store.list("").join(), acked);
            }
        }
    }

    /** The last number whose changes were acknowledged. */
    private int changeUntilKilled(int from, int acks) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Changer.class.getName(),
                        directory.toString(),
                        Integer.toString(from))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int last = from - 1;
        try (BufferedReader acknowledged = process.inputReader(StandardCharsets.UTF_8)) {
            String line = acknowledged.readLine();
            for (int seen = 1; line != null; seen++) {
                last = Integer.parseInt(line);
                if (seen == acks) {
                    process.toHandle().destroyForcibly(); // what it has printed can still be read
                }
                line = acknowledged.readLine();
            }
        } finally {
            process.toHandle().destroyForcibly();
            process.onExit().join();
        }
        assertThat(last).isGreaterThanOrEqualTo(from + acks - 1);
        return last;
    }

    /** Allows that any part of the number after the last has been done. */
    private static void check(SortedMap<String, Versioned> found, int acked) {
        assertThat(Changer.number(requireNonNull(found.get(Changer.COUNTER)))).isBetween(acked, acked + 1);
        for (int n = 1; n <= acked; n++) {
            if (Changer.isDeleted(n, acked)) {
                assertThat(found).doesNotContainKey(Changer.name(n));
            } else if (!Changer.isDeleted(n, acked + 1)) {
                assertThat(found).containsKey(Changer.name(n));
                assertThat(Changer.number(requireNonNull(found.get(Changer.name(n)))))
                        .isEqualTo(n);
            }
        }
    }
}
