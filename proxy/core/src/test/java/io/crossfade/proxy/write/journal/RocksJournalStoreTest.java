package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksJournalStoreTest {
    @TempDir
    Path directory;

    private Path live;

    @BeforeEach
    void name() {
        live = directory.resolve("live").resolve("marks");
    }

    private static MarkRecord mark(long sequence, String id) {
        return new MarkRecord(
                sequence,
                new Key("tenant", id),
                1_000 + sequence,
                7,
                MarkRecord.Kind.WRITE,
                true,
                "tabc",
                List.of(new NamedVector("title", "minilm", Embedding.of(1, 2, 3))));
    }

    private static JournalStore.Change open(long sequence) {
        return new JournalStore.Change.Open(mark(sequence, "id" + sequence));
    }

    /** What another process would find if this one were killed now. */
    private Path killed(String name) throws IOException {
        Path copy = directory.resolve(name).resolve("marks");
        Files.createDirectories(copy);
        for (Map.Entry<String, byte[]> file : FilesOfOneMoment.in(live).entrySet()) {
            Files.write(copy.resolve(file.getKey()), file.getValue());
        }
        return copy;
    }

    private static JournalStore.Contents load(Path path, String bootId) throws IOException {
        try (RocksJournalStore store = RocksJournalStore.open(path, bootId)) {
            return store.load();
        }
    }

    private RocksJournalStore begun() throws IOException {
        RocksJournalStore store = RocksJournalStore.open(live, "boot 1");
        assertThat(store.load().isNew()).isTrue();
        store.begin();
        return store;
    }

    @Test
    void logIsCounted() throws IOException {
        try (RocksJournalStore store = begun()) {
            for (int i = 1; i <= 100; i++) {
                store.apply(List.of(open(i)));
            }
            long marks = 100L * mark(1, "id1").bytes() / 2;
            assertThat(store.bytes()).isGreaterThan(marks);
        }
    }

    /** Of marks that are closed nothing is needed, but they are in the log for a while. */
    @Test
    void manyMarksComeAndGo_theDiskHoldsNoMoreThanItMay() throws IOException {
        long most = 4 << 20;
        try (RocksJournalStore store = RocksJournalStore.open(live, "boot 1", most)) {
            store.load();
            store.begin();
            long largest = 0;
            for (int i = 1; i <= 60_000; i++) {
                store.apply(List.of(open(i), new JournalStore.Change.Close(i - 1)));
                largest = i % 1_000 == 0 ? Math.max(largest, store.bytes()) : largest;
            }
            assertThat(largest).isBetween(1L, most);
        }
    }

    /** Each log but the first begins with a record that names the one before it. */
    @Test
    void killedWithSeveralLogs_allIsThere_andAnOlderOneIsMissed() throws IOException {
        try (RocksJournalStore store = RocksJournalStore.open(live, "boot 1", 1 << 20)) {
            store.load();
            store.begin();
            long sequence = 0;
            while (logs(live).size() < 2 && sequence < 100_000) {
                sequence++;
                store.apply(List.of(open(sequence)));
            }
            assertThat(logs(live)).hasSizeGreaterThan(1);
            assertThat(load(killed("whole"), "boot 1").marks()).hasSize((int) sequence);
            Path lacking = killed("lacking");
            Files.delete(logs(lacking).get(0));
            assertThatThrownBy(() -> load(lacking, "boot 1"))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            failure -> assertThat(JournalDamage.is(failure))
                                    .as(failure.getMessage())
                                    .isTrue());
        }
    }

    private static List<Path> logs(Path marks) throws IOException {
        try (Stream<Path> files = Files.list(marks)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void killed_unsyncedRecordsAreThere() throws IOException {
        try (RocksJournalStore store = begun()) {
            store.apply(List.of(open(1), open(2), new JournalStore.Change.HighestVersion(1_002)));
            store.apply(List.of(new JournalStore.Change.Close(1)));
            store.apply(
                    List.of(new JournalStore.Change.Park(new ParkedRecord(Key.of("p"), 5, "new", "too large", true))));
            JournalStore.Contents found = load(killed("after"), "boot 1");
            assertThat(found.marks()).containsExactly(mark(2, "id2"));
            assertThat(found.parked()).containsExactly(new ParkedRecord(Key.of("p"), 5, "new", "too large", true));
            assertThat(found.highestVersion()).isEqualTo(1_002);
            assertThat(found.highestSequence()).isEqualTo(2);
            assertThat(found.isNew()).isFalse();
            assertThat(found.afterPowerLoss()).isFalse();
        }
    }

    @Test
    void killed_andTheMachineHasStartedAgain_recordsMayBeMissing() throws IOException {
        try (RocksJournalStore store = begun()) {
            store.apply(List.of(open(1)));
            assertThat(load(killed("after"), "boot 2").afterPowerLoss()).isTrue();
        }
    }

    @Test
    void orderlyStop_anotherBootIsNoLoss() throws IOException {
        try (RocksJournalStore store = begun()) {
            store.apply(List.of(open(1)));
        }
        JournalStore.Contents found = load(live, "boot 2");
        assertThat(found.afterPowerLoss()).isFalse();
        assertThat(found.marks()).hasSize(1);
    }

    @Test
    void machineHasStartedAgain_andThisProcessIsKilledBeforeItBegins_theNextOneKnows() throws IOException {
        try (RocksJournalStore store = begun()) {
            store.apply(List.of(open(1)));
            Path copy = killed("after");
            assertThat(load(copy, "boot 2").afterPowerLoss()).isTrue();
            assertThat(load(copy, "boot 2").afterPowerLoss()).isTrue();
        }
    }

    @Test
    void secondProcess_isKeptOut() throws IOException {
        try (RocksJournalStore store = begun()) {
            store.sync();
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> RocksJournalStore.open(live, "boot 1")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no other sidecar");
        }
    }

    /** RocksDB holds writes up while its tables wait for the disk: who must not wait is told so, and nothing is written. */
    @Test
    void tablesDoNotGetToTheDisk_whoMustNotWaitIsRefused_andNothingIsLost() throws Exception {
        long written = 0;
        try (RocksJournalStore store = RocksJournalStore.open(live, "boot", 1 << 20)) {
            store.begin();
            store.pauseTables();
            while (written < 100_000 && store.tryApply(List.of(open(written + 1)))) {
                written++;
            }
            assertThat(written).isBetween(1L, 99_999L);
            assertThat(store.tryApply(List.of(open(written + 1)))).isFalse();
            store.resumeTables();
            store.apply(List.of(open(written + 1)));
            assertThat(store.tryApply(List.of(open(written + 2)))).isTrue();
        }
        assertThat(load(live, "boot").marks()).hasSize((int) written + 2);
    }
}
