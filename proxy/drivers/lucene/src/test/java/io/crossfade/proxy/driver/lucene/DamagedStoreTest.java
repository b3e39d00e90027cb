package io.crossfade.proxy.driver.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose log is not as it was written. What was answered for must not be lost without a word. */
final class DamagedStoreTest {
    private static final int DOCUMENTS = 40;
    private static final Space SPACE = new Space("s", "model", "", 4, Space.Metric.L2, false, "", "", 0);

    @TempDir
    private Path directory;

    private final SystemTime time = new SystemTime();
    private byte[] log;

    /** Some of the records are larger than a block of the log. */
    @BeforeEach
    void write() throws IOException {
        try (VectorIndex index = index()) {
            index.create().join();
            for (int i = 0; i < DOCUMENTS; i++) {
                String text = ("text " + i + " ").repeat(i % 8 == 0 ? 8_000 : 10);
                IndexWrite write = new IndexWrite.Put(new StoredDocument(
                        Key.of("id" + i), Stamp.NONE, text, Map.of(), Map.of("", Embedding.of(i, 1, 2, 3))));
                assertThat(index.write(List.of(write), Writer.TIMEOUT).join()).containsExactly(Outcome.APPLIED);
            }
            log = Files.readAllBytes(logFile()); // as a process that is killed leaves it
            Files.copy(logFile(), directory.resolve("killed.log"));
        }
        restore(log);
    }

    @AfterEach
    void stopTime() {
        time.close();
    }

    private Path logFile() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("things").resolve("store"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    private void restore(byte[] bytes) throws IOException {
        Files.write(logFile(), bytes);
    }

    private VectorIndex index() {
        IndexDefinition definition =
                new IndexDefinition("things", "lucene", Map.of("", SPACE), TextSource.OWN, Map.of());
        return new LuceneIndexProvider()
                .create(definition, new VectorIndexProvider.Context(directory, ForkJoinPool.commonPool(), time));
    }

    private long count() {
        try (VectorIndex index = index()) {
            index.create().join();
            return index.count(null, Writer.TIMEOUT).join();
        }
    }

    @Test
    void whole_allIsThere() {
        assertThat(count()).isEqualTo(DOCUMENTS);
    }

    @Test
    void tornAtTheEnd_theTornWriteAloneIsCutOff() throws IOException {
        restore(Arrays.copyOf(log, log.length - 5));
        assertThat(count()).isEqualTo(DOCUMENTS - 1);
        assertThat(count()).as("opened again").isEqualTo(DOCUMENTS - 1);
    }

    @Test
    void bitFlippedInTheMiddle_isRefused_andNothingIsChanged() throws IOException {
        for (int at : new int[] {0, log.length / 3, log.length / 2}) {
            byte[] damaged = log.clone();
            damaged[at] ^= 1;
            restore(damaged);
            assertRefused(at);
            assertThat(logFile()).hasBinaryContent(damaged);
        }
        restore(log);
        assertThat(count()).isEqualTo(DOCUMENTS);
    }

    /** RocksDB takes it for the log of another database, and looks for its end for ever. */
    @Test
    void typeOfARecordFlipped_inLogOrManifest_isRefused() throws IOException {
        byte[] damaged = log.clone();
        damaged[6] = 5;
        restore(damaged);
        assertRefused(6);
        restore(log);

        Path manifest;
        try (Stream<Path> files = Files.list(directory.resolve("things").resolve("store"))) {
            manifest = files.filter(file -> file.getFileName().toString().startsWith("MANIFEST-"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] flipped = Files.readAllBytes(manifest);
        flipped[6] = 5;
        Files.write(manifest, flipped);
        assertThatThrownBy(this::count).hasMessageContaining(manifest.getFileName() + ": damaged at byte 0 of ");
    }

    private void assertRefused(int at) throws IOException {
        String name = logFile().getFileName().toString();
        assertThatThrownBy(this::count)
                .as("byte " + at)
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.MISMATCH))
                .hasMessageContaining("index things: path: ")
                .hasMessageContaining(name + ": damaged at byte ")
                .hasMessageContaining("(expected: whole records up to the end of the last log");
    }
}
