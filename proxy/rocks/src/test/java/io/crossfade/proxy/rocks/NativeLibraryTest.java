package io.crossfade.proxy.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;

final class NativeLibraryTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(0);

    @TempDir
    private Path directory;

    private Path unpacked() throws IOException {
        NativeLibrary.unpack(directory);
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList().get(0);
        }
    }

    /** A process that loads it, and ends as if it were killed. */
    static final class LoadAndDie {
        public static void main(String[] arguments) {
            NativeLibrary.load(Path.of(arguments[0]));
            new Options().close();
            Runtime.getRuntime().halt(0);
        }
    }

    @Test
    void processThatIsKilled_leavesNothingElsewhere() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + elsewhere,
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadAndDie.class.getName(),
                        directory.resolve("native").toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void whatIsWhole_isUsedAgain() throws IOException {
        Path library = unpacked();
        Files.setLastModifiedTime(library, LONG_AGO);

        NativeLibrary.unpack(directory);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(LONG_AGO);
    }

    @Test
    void whatIsDamaged_isUnpackedAgain() throws IOException {
        Path library = unpacked();
        byte[] whole = Files.readAllBytes(library);
        byte[] damaged = whole.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.delete(library); // a process that has loaded it keeps its own
        Files.write(library, damaged);

        NativeLibrary.unpack(directory);
        assertThat(library).hasBinaryContent(whole);
    }

    @Test
    void whatIsCutShort_isUnpackedAgain() throws IOException {
        Path library = unpacked();
        byte[] whole = Files.readAllBytes(library);
        Files.delete(library);
        Files.write(library, new byte[0]);

        NativeLibrary.unpack(directory);
        assertThat(library).hasBinaryContent(whole);
    }
}
