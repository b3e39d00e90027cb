package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A journal's files, damaged in every way that one cut or one flipped bit can do. Whatever happens, what is found is
 * true, all from before the damage is there, and either nothing is missing or the dirty block says that something may be.
 * {@code -Dcrossfade.seed=7} damages other places, as far apart; {@code -Dcrossfade.journal.damage=all} every byte and every
 * bit.
 */
final class DamagedJournalIT {
    private static final boolean ALL =
            System.getProperty("crossfade.journal.damage", "").equals("all");
    private static final int SEED = Integer.getInteger("crossfade.seed", 0);
    private static final int BITS_APART = ALL ? 1 : 7;
    private static final int TABLE_BITS_APART = ALL ? 3 : 211;
    private static final int MANIFEST_BITS_APART = ALL ? 1 : 11;
    private static final int CUTS_APART = ALL ? 1 : 3;
    private static final int CUT_RECORDS = ALL ? LiveJournal.RECORDS + 1 : 2;
    private static final int FLIPPED_RECORDS = ALL ? 4 : 2;

    @TempDir
    private Path directory;

    private LiveJournal live;

    @BeforeEach
    void write() throws IOException {
        live = new LiveJournal(directory.resolve("live"));
    }

    private LiveJournal.Found reopened(String file, byte[] bytes) throws IOException {
        Path damaged = Files.createDirectories(directory.resolve("damaged"));
        try {
            return live.reopen(damaged, file, bytes);
        } finally {
            removeFiles(damaged);
        }
    }

    private static void removeFiles(Path damaged) throws IOException {
        try (Stream<Path> all = Files.walk(damaged)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.startsWith(damaged.resolve("native")) && !path.equals(damaged)) {
                    Files.delete(path);
                }
            }
        }
    }

    @Test
    void undamaged_isWhole() throws IOException {
        LiveJournal.Found found = reopened("", new byte[0]);
        assertThat(found.marks()).isEqualTo(LiveJournal.marks(LiveJournal.RECORDS));
        assertThat(found.doubt()).isEmpty();
    }

    @Test
    void logCutAtAnyByte_allBeforeIsThere_andTheRestIsInDoubt() throws IOException {
        byte[] log = live.file(live.log);
        int first = CUT_RECORDS > LiveJournal.RECORDS ? 0 : live.ends.get(LiveJournal.RECORDS - CUT_RECORDS);
        for (int length = first; length < log.length; length++) {
            LiveJournal.Found found = reopened(live.log, Arrays.copyOf(log, length));
            assertThat(found.marks()).as("cut at " + length).isEqualTo(LiveJournal.marks(live.marksBefore(length)));
            assertThat(found.doubt().isPresent())
                    .as("doubt after a cut at " + length)
                    .isEqualTo(!live.isBoundary(length));
        }
    }

    @Test
    void anyBitOfTheLogFlipped_allBeforeIsThere_andTheRestIsInDoubt() throws IOException {
        int first = live.ends.get(LiveJournal.RECORDS - FLIPPED_RECORDS);
        for (int bit = first * Byte.SIZE + SEED % BITS_APART; bit < live.logBytes() * Byte.SIZE; bit += BITS_APART) {
            LiveJournal.Found found = reopened(live.log, live.flipped(live.log, bit));
            assertThat(found.marks()).as("bit " + bit).isEqualTo(LiveJournal.marks(live.marksBefore(bit / Byte.SIZE)));
            assertThat(found.doubt()).as("bit " + bit).isPresent();
        }
    }

    @Test
    void anyBitOfTheDatabasesOwnFilesFlipped_nothingIsMissedInSilence() throws IOException {
        for (String file : live.named("CURRENT")) {
            flip(file, BITS_APART);
        }
        for (String file : live.named("MANIFEST")) {
            flip(file, MANIFEST_BITS_APART);
        }
    }

    @Test
    void manifestCutAtAnyByte_nothingIsMissedInSilence() throws IOException {
        String file = live.named("MANIFEST").get(0);
        byte[] manifest = live.file(file);
        for (int length = SEED % CUTS_APART; length < manifest.length; length += CUTS_APART) {
            LiveJournal.Found found = reopened(file, Arrays.copyOf(manifest, length));
            assertThat(found.doubt()).as("cut at " + length).isPresent();
        }
    }

    @Test
    void anyBitOfTheTablesFlipped_nothingIsMissedInSilence() throws IOException {
        live = live.inTables(directory.resolve("tables"));
        List<String> tables = live.named(".sst");
        assertThat(tables).isNotEmpty();
        for (String file : tables) {
            flip(file, TABLE_BITS_APART);
        }
    }

    private void flip(String file, int apart) throws IOException {
        for (int bit = SEED % apart; bit < live.file(file).length * Byte.SIZE; bit += apart) {
            String what = "bit " + bit + " of " + file;
            try {
                LiveJournal.Found found = reopened(file, live.flipped(file, bit));
                assertThat(LiveJournal.marks(LiveJournal.RECORDS)).as(what).containsAll(found.marks());
                assertThat(found.doubt().isPresent() || found.marks().size() == LiveJournal.RECORDS)
                        .as(what + ": " + found)
                        .isTrue();
            } catch (UncheckedIOException refused) {
                assertThat(refused).as(what).hasMessageStartingWith("journal of live in ");
            }
        }
    }
}
