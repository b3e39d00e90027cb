package io.crossfade.proxy.write.journal;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a journal whose process was killed, and how long its log was after each synced record. */
final class LiveJournal {
    static final int RECORDS = 6;

    /** All files by name: those of the journal under {@code marks}, and the dirty block. */
    private final Map<String, byte[]> files = new TreeMap<>();
    /** Where each record ends in the log; the first is the store's own, of its beginning. */
    final List<Integer> ends = new ArrayList<>();

    final String log;

    /** Writes it, one synced record a mark. */
    LiveJournal(Path directory) throws IOException {
        Path marks = directory.resolve("marks");
        String found = new JournalFiles("live", directory, new RocksJournalStores(1 << 30))
                .open(true, (store, thread, doubt) -> {
                    DirtyFlag.open(directory.resolve("dirty")).close();
                    store.begin();
                    String newest = newestLog(marks);
                    ends.add((int) Files.size(marks.resolve(newest)));
                    for (int i = 1; i <= RECORDS; i++) {
                        store.apply(List.of(
                                new JournalStore.Change.Open(mark(i)),
                                new JournalStore.Change.HighestVersion(1_000 + i)));
                        store.sync();
                        ends.add((int) Files.size(marks.resolve(newest)));
                    }
                    files.putAll(FilesOfOneMoment.in(directory));
                    store.close();
                    return newest;
                });
        log = "marks/" + found;
    }

    /** The next process has moved the records from the log into tables, and was killed too. */
    LiveJournal inTables(Path directory) throws IOException {
        put(directory, "", new byte[0]);
        return new JournalFiles("live", directory, new RocksJournalStores(1 << 30))
                .open(false, (store, thread, doubt) -> {
                    store.begin();
                    files.clear();
                    files.putAll(FilesOfOneMoment.in(directory));
                    store.close();
                    return this;
                });
    }

    static MarkRecord mark(int sequence) {
        return new MarkRecord(
                sequence,
                Key.of("id" + sequence),
                1_000 + sequence,
                7,
                MarkRecord.Kind.WRITE,
                true,
                "t",
                List.of(new NamedVector("", "a", Embedding.of(sequence, 2))));
    }

    static List<MarkRecord> marks(int count) {
        return Stream.iterate(1, i -> i + 1).limit(count).map(LiveJournal::mark).toList();
    }

    private static String newestLog(Path marks) throws IOException {
        try (Stream<Path> files = Files.list(marks)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    byte[] file(String name) {
        return requireNonNull(files.get(name), name).clone();
    }

    List<String> named(String part) {
        return files.keySet().stream().filter(name -> name.contains(part)).toList();
    }

    byte[] flipped(String name, int bit) {
        byte[] bytes = file(name);
        bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        return bytes;
    }

    /** How many marks are complete before this byte of the log. */
    int marksBefore(int offset) {
        return (int) ends.stream().skip(1).filter(end -> end <= offset).count();
    }

    boolean isBoundary(int offset) {
        return ends.contains(offset);
    }

    int logBytes() {
        return ends.get(RECORDS);
    }

    /**
     * What the next process finds.
     *
     * @param doubt in the dirty block, from before anything is served
     */
    record Found(List<MarkRecord> marks, List<ParkedRecord> parked, long highestVersion, Optional<String> doubt) {}

    /** Puts the files there, one of them changed, and opens them as a sidecar that goes on with a migration does. */
    Found reopen(Path directory, String changed, byte[] bytes) throws IOException {
        put(directory, changed, bytes);
        return reopen(directory);
    }

    /** As {@link #reopen(Path, String, byte[])}, with one file gone. */
    Found reopenWithout(Path directory, String removed) throws IOException {
        put(directory, "", new byte[0]);
        Files.delete(directory.resolve(removed));
        return reopen(directory);
    }

    private void put(Path directory, String changed, byte[] bytes) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getKey().equals(changed) ? bytes : file.getValue());
        }
    }

    static Found reopen(Path directory) {
        return new JournalFiles("live", directory, new RocksJournalStores(1 << 30))
                .open(false, (store, thread, doubt) -> {
                    JournalStore.Contents contents = store.load();
                    try (DirtyFlag flag = DirtyFlag.open(directory.resolve("dirty"))) {
                        Optional<String> reason =
                                flag.range().map(DirtyRange::reason).or(() -> doubt);
                        return new Found(contents.marks(), contents.parked(), contents.highestVersion(), reason);
                    } finally {
                        store.close();
                    }
                });
    }
}
