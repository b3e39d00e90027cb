package io.crossfade.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a folder of its own. The archive of classes makes starts quicker, and nothing else. */
final class LauncherIT {
    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    @TempDir
    private Path directory;

    private Path home;
    private Path target;

    @BeforeEach
    void copy() throws IOException {
        home = directory.resolve("clone");
        target = Files.createDirectories(home.resolve("proxy/sidecar/target"));
        Files.createDirectories(home.resolve("proxy/demo/target/lib"));
        Path jar = Path.of(System.getProperty("crossfade.jar"));
        Files.copy(jar, target.resolve("crossfade.jar"), StandardCopyOption.COPY_ATTRIBUTES);
        Path launcher = jar.resolve("../../../../crossfade").normalize();
        Files.copy(launcher, home.resolve("crossfade"), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private record Run(int exit, String out, String err) {}

    private Run run(Map<String, String> environment) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(home.resolve("crossfade").toString(), "--version")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", JAVA_HOME.toString());
        builder.environment().putAll(environment);
        int exit = builder.start().waitFor();
        return new Run(exit, Files.readString(out), Files.readString(err));
    }

    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        }
    }

    private void assertNothingElseIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .hasSize(2)
                    .contains("crossfade.jar");
        }
    }

    @Test
    void firstStart_makesAnArchive_thatLaterOnesUse_andAnotherJarIgnoresInSilence() throws Exception {
        Run first = run(Map.of());
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("crossfade ");
        assertThat(archives())
                .singleElement()
                .satisfies(archive -> assertThat(archive).isNotEmptyFile());
        assertNothingElseIsLeft();

        Run second = run(Map.of("CROSSFADE_JAVA_OPTS", "-Xlog:class+load"));
        assertThat(second.err()).isEmpty();
        assertThat(second.out().lines().filter(line -> line.contains("io.crossfade.proxy.Main source")))
                .singleElement()
                .asString()
                .endsWith("shared objects file (top)");

        FileTime before = Files.getLastModifiedTime(target.resolve("crossfade.jar"));
        FileTime other = FileTime.from(before.toInstant().minusSeconds(60));
        Files.setLastModifiedTime(target.resolve("crossfade.jar"), other);
        Run third = run(Map.of());
        assertThat(third.exit()).isZero();
        assertThat(third.out()).startsWith("crossfade ").hasLineCount(2);
        assertThat(third.err()).isEmpty();
    }

    /** A Java of today archives no classes of a jar with a blank in its path; its own are in there all the same. */
    @Test
    void folderWithABlank_isServed() throws Exception {
        home = Files.move(home, directory.resolve("a clone"));
        target = home.resolve("proxy/sidecar/target");
        assertThat(run(Map.of()).exit()).isZero();
        assertNothingElseIsLeft();

        Run second = run(Map.of());
        assertThat(second.out()).startsWith("crossfade ").hasLineCount(2);
        assertThat(second.err()).isEmpty();
    }

    @Test
    void archiveThatCannotBeMade_stopsNothing_andIsNotTriedAgain() throws Exception {
        Path java =
                Files.createDirectories(directory.resolve("no-archives/bin")).resolve("java");
        Files.writeString(java, """
                #!/bin/sh
                case "$*" in *ArchiveClassesAtExit*) exit 1 ;; esac
                exec "%s/bin/java" "$@"
                """.formatted(JAVA_HOME), UTF_8);
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Map<String, String> environment =
                Map.of("JAVA_HOME", directory.resolve("no-archives").toString());

        Run first = run(environment);
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("crossfade ");
        assertNothingElseIsLeft();

        Run second = run(environment);
        assertThat(second.exit()).isZero();
        assertThat(second.err()).isEmpty();
    }
}
