package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalFilesTest {
    @TempDir
    private Path directory;

    private Path next;
    private LiveJournal live;

    @BeforeEach
    void write() throws IOException {
        next = directory.resolve("next");
        live = new LiveJournal(directory.resolve("live"));
    }

    /** Twice, because the first process may be killed before the journal begins. */
    private void assertInDoubt(LiveJournal.Found found, String reason) {
        assertThat(found.doubt()).hasValueSatisfying(doubt -> assertThat(doubt).contains(reason));
        assertThat(LiveJournal.reopen(next).doubt())
                .as("to the next process")
                .hasValueSatisfying(doubt -> assertThat(doubt).contains(reason));
    }

    @Test
    void killed_allIsThere() throws IOException {
        LiveJournal.Found found = live.reopen(next, "", new byte[0]);
        assertThat(found.marks()).isEqualTo(LiveJournal.marks(LiveJournal.RECORDS));
        assertThat(found.highestVersion()).isEqualTo(1_000 + LiveJournal.RECORDS);
        assertThat(found.doubt()).isEmpty();
    }

    @Test
    void killedAgainAndAgain_allIsThere() throws IOException {
        for (int process = 0; process < 4; process++) {
            live = live.inTables(directory.resolve("process " + process));
            next = directory.resolve("after " + process);
            LiveJournal.Found found = live.reopen(next, "", new byte[0]);
            assertThat(found.marks()).isEqualTo(LiveJournal.marks(LiveJournal.RECORDS));
            assertThat(found.doubt()).isEmpty();
        }
    }

    @Test
    void tornTail_isCut_andInDoubt() throws IOException {
        byte[] torn = Arrays.copyOf(live.file(live.log), live.logBytes() - 5);
        LiveJournal.Found found = live.reopen(next, live.log, torn);
        assertThat(found.marks()).isEqualTo(LiveJournal.marks(LiveJournal.RECORDS - 1));
        assertInDoubt(found, "damaged");
    }

    @Test
    void damagedInTheMiddle_whatIsBeforeStands_andTheRestIsInDoubt() throws IOException {
        // The length of the third record, so that it seems to reach beyond the end of the log.
        byte[] damaged = live.flipped(live.log, (live.ends.get(2) + 5) * Byte.SIZE + 6);
        LiveJournal.Found found = live.reopen(next, live.log, damaged);
        assertThat(found.marks()).isEqualTo(LiveJournal.marks(2));
        assertInDoubt(found, "damaged");
    }

    /** RocksDB would look at the third record for ever. */
    @Test
    void typeOfARecordDamaged_whatIsBeforeStands_andTheRestIsInDoubt() throws IOException {
        byte[] damaged = live.flipped(live.log, (live.ends.get(2) + 6) * Byte.SIZE + 2);
        LiveJournal.Found found = live.reopen(next, live.log, damaged);
        assertThat(found.marks()).isEqualTo(LiveJournal.marks(2));
        assertInDoubt(found, "begins no whole record");
    }

    @Test
    void damagedBeyondUse_isSetAside_andInDoubt() throws IOException {
        LiveJournal.Found found = live.reopen(next, live.named("MANIFEST").get(0), new byte[] {1, 2, 3});
        assertThat(found.marks()).isEmpty();
        assertThat(next.resolve("marks.damaged")).isDirectory();
        assertInDoubt(found, "damaged");
    }

    @Test
    void fileOfTheDatabaseRemoved_isInDoubt() throws IOException {
        live = live.inTables(directory.resolve("tables"));
        for (String part : List.of("MANIFEST", "CURRENT", ".sst")) {
            for (String file : live.named(part)) {
                next = directory.resolve("without " + file.replace('/', ' '));
                LiveJournal.Found found = live.reopenWithout(next, file);
                assertThat(LiveJournal.marks(LiveJournal.RECORDS)).as(file).containsAll(found.marks());
                assertInDoubt(found, "damaged");
                assertThat(found.doubt().orElseThrow()).as(file).doesNotContain("other sidecar");
            }
        }
    }

    @Test
    void logRemoved_isInDoubt() throws IOException {
        next = directory.resolve("without the log");
        LiveJournal.Found found = live.reopenWithout(next, live.log);
        assertThat(found.marks()).isEmpty();
        assertInDoubt(found, "damaged");
    }

    @Test
    void usedBySomebodyElse_isRefusedWithThatReason() {
        assertThatThrownBy(() -> new JournalFiles("live", next, new RocksJournalStores(1 << 30))
                        .open(false, (store, thread, doubt) -> LiveJournal.reopen(next)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(next.toString())
                .hasMessageContaining("no other sidecar");
    }

    @Test
    void missing_isInDoubt() {
        assertInDoubt(LiveJournal.reopen(next), "missing");
    }

    @Test
    void dirtyBlockMissing_isInDoubt() throws IOException {
        LiveJournal.Found found = live.reopen(next, "dirty", new byte[0]);
        assertThat(found.marks()).isEqualTo(LiveJournal.marks(LiveJournal.RECORDS));
        assertInDoubt(found, "dirty block is missing");
    }

    @Test
    void begins_whatAnOlderMigrationLeftIsGone_andNothingIsInDoubt() throws IOException {
        live.reopen(next, "dirty", new byte[0]);
        JournalStore.Contents found = new JournalFiles("live", next, new RocksJournalStores(1 << 30))
                .open(true, (store, thread, doubt) -> {
                    assertThat(doubt).isEmpty();
                    try (DirtyFlag flag = DirtyFlag.open(next.resolve("dirty"))) {
                        assertThat(flag.range()).isEmpty();
                    }
                    store.close();
                    return store.load();
                });
        assertThat(found.marks()).isEmpty();
    }

    /** The next migration gives none of the versions of the one before, also if it was begun, given up and begun again. */
    @Test
    void beginsAgainAndAgain_theHighestVersionIsKnown() throws IOException {
        live.reopen(next, "", new byte[0]);
        for (int begun = 0; begun < 3; begun++) {
            long highest = new JournalFiles("live", next, new RocksJournalStores(1 << 30))
                    .open(true, (store, thread, doubt) -> {
                        store.close();
                        return store.load().highestVersion();
                    });
            assertThat(highest).isEqualTo(1_000 + LiveJournal.RECORDS);
            assertThat(next.resolve("marks.older")).doesNotExist();
        }
    }

    @Test
    void killedAsItBegins_theHighestVersionIsKnown() throws IOException {
        live.reopen(next, "", new byte[0]);
        Files.move(next.resolve("marks"), next.resolve("marks.older"));
        assertThat(new JournalFiles("live", next, new RocksJournalStores(1 << 30))
                        .<Long>open(true, (store, thread, doubt) -> {
                            store.close();
                            return store.load().highestVersion();
                        }))
                .isEqualTo(1_000 + LiveJournal.RECORDS);
    }

    @Test
    void itsUserFails_theFilesCanBeOpenedAgain() {
        assertThatThrownBy(() -> new JournalFiles("live", next, new RocksJournalStores(1 << 30))
                        .open(true, (store, thread, doubt) -> {
                            throw new IOException("no room");
                        }))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no room");
        assertThat(LiveJournal.reopen(next).marks()).isEmpty();
        assertThat(Files.exists(next.resolve("marks.damaged"))).isFalse();
    }
}
