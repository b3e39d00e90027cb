package io.crossfade.proxy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user gives it, in a process of its own that finds no other program. */
final class DemoCommandTest {
    @TempDir
    Path folder;

    @Test
    void fromPostgres_withoutPython_saysSoInOneLine_andLeavesNothing() throws IOException, InterruptedException {
        assertThat(demo("--from", "postgres", "--documents", "200")).isEqualTo(2);

        assertThat(Files.readAllLines(folder.resolve("err")))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("crossfade: --from postgres: python3 -m pip: ")
                        .contains("(expected: Python 3 with pip"));
        assertThat(Files.readString(folder.resolve("out")))
                .contains(folder.resolve("cache").toString());
        try (Stream<Path> left = Files.list(folder.resolve("temporary"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void fromElsewhere_isRefused_andWhatThereIsIsNamed() throws IOException, InterruptedException {
        assertThat(demo("--from", "oracle")).isEqualTo(2);

        assertThat(Files.readString(folder.resolve("err"))).contains("--from", "embedded", "postgres");
    }

    private int demo(String... arguments) throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("temporary"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + folder.resolve("temporary"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "demo"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("PATH", folder.toString());
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        return builder.start().waitFor();
    }
}
