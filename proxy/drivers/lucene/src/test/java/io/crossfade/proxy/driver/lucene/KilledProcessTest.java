package io.crossfade.proxy.driver.lucene;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that writes, several times, and looks for every write that it had acknowledged. */
final class KilledProcessTest {
    private static final int KILLS = 4;
    private static final Filter PATCHED = new Filter.Comparison("patched", Filter.Operator.EXISTS, List.of());

    @TempDir
    Path directory;

    @Test
    void killed_everyAckedWriteIsThereAndSearchable() throws IOException {
        Random random = new Random(5);
        int acked = -1;
        for (int kill = 0; kill < KILLS; kill++) {
            acked = writeUntilKilled(acked + 1, 50 + random.nextInt(400));
            try (SystemTime time = new SystemTime();
                    VectorIndex index = Writer.open(directory, time)) {
                check(index, acked);
            }
        }
    }

    /** The last number whose writes were acknowledged. */
    private int writeUntilKilled(int from, int acks) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        directory.toString(),
                        Integer.toString(from))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int last = from - 1;
        try (BufferedReader acknowledged =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = acknowledged.readLine();
            for (int seen = 1; line != null; seen++) {
                last = Integer.parseInt(line);
                if (seen == acks) {
                    kill(process);
                }
                line = acknowledged.readLine();
            }
        } finally {
            kill(process);
            process.onExit().join();
        }
        assertThat(last).isGreaterThanOrEqualTo(from + acks - 1);
        return last;
    }

    /** Unlike {@link Process#destroyForcibly}, leaves what it had printed to be read. */
    private static void kill(Process process) {
        process.toHandle().destroyForcibly();
    }

    private static void check(VectorIndex index, int acked) {
        List<Key> keys = IntStream.rangeClosed(0, acked).mapToObj(Writer::key).toList();
        Map<Key, StoredDocument> found =
                index.fetch(keys, Projection.ALL, Writer.TIMEOUT).join();
        for (int n = 0; n <= acked; n++) {
            if (isRemoved(n, acked)) {
                assertThat(found).doesNotContainKey(Writer.key(n));
            } else if (n + 3 != acked + 1) { // the next number's removal may have been done, unacknowledged
                StoredDocument document = requireNonNull(found.get(Writer.key(n)));
                assertThat(document.metadata()).containsEntry("patched", Value.of(n));
                assertThat(document.vectors()).isEqualTo(Writer.document(n).vectors());
                assertThat(nearest(index, n).document().key()).isEqualTo(Writer.key(n));
            }
        }
        checkCounts(index);
    }

    private static boolean isRemoved(int n, int acked) {
        return Writer.removes(n + 3) && n + 3 <= acked;
    }

    private static Hit nearest(VectorIndex index, int n) {
        VectorQuery query = new VectorQuery("", "", Writer.vector(n), 1, 0, PATCHED, -1, Projection.STAMP, Map.of());
        return index.query(query, Writer.TIMEOUT).join().get(0);
    }

    /** The kept count is what a walk over all slices finds, and all but an unacknowledged last one are patched. */
    private static void checkCounts(VectorIndex index) {
        long count = index.count(null, Writer.TIMEOUT).join();
        long patched = index.count(PATCHED, Writer.TIMEOUT).join();
        long scanned = LuceneScans.count(index);
        assertThat(count).isEqualTo(scanned);
        assertThat(count - patched).isBetween(0L, 1L);
    }
}
