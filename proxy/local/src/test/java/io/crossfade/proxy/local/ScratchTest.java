package io.crossfade.proxy.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScratchTest {
    private static final long MOST_SECONDS = 60;

    @TempDir
    Path folder;

    @Test
    void closed_endsTheLastFirst_thenIsRemoved() throws IOException {
        List<String> ended = new ArrayList<>();
        Scratch scratch = Scratch.createIn(folder, "run-");
        Files.writeString(Files.createDirectory(scratch.path().resolve("deep")).resolve("file"), "content");
        scratch.atTheEnd(() -> ended.add("first, and it is there: " + Files.exists(scratch.path())));
        scratch.atTheEnd(() -> ended.add("second"));

        scratch.close();
        scratch.close();

        assertThat(ended).containsExactly("second", "first, and it is there: true");
        assertThat(scratch.path()).doesNotExist();
    }

    @Test
    void kept_isLeft_butEndsWhatIsInIt() throws IOException {
        List<String> ended = new ArrayList<>();
        Scratch scratch = Scratch.createIn(folder, "run-");
        scratch.atTheEnd(() -> ended.add("server"));

        scratch.keep();
        scratch.close();

        assertThat(ended).containsExactly("server");
        assertThat(scratch.path()).exists();
    }

    /**
     * Another process, because it has to end. By SIGTERM, whose way is that of Ctrl-C: SIGINT is ignored by what a shell has started
     * in the background, and by all that this starts.
     */
    @Test
    void interrupted_endsItsProcesses_andIsRemoved() throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Interrupted.class.getName(),
                        folder.toString())
                .redirectOutput(said.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        boolean hasEnded = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        assertThat(hasEnded).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);

        long pid = Long.parseLong(Files.readString(said).strip());
        assertThat(ProcessHandle.of(pid)).isEmpty();
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(said);
        }
    }

    /** Starts a process that would go on in a folder, and is told to end. */
    static final class Interrupted {
        private Interrupted() {}

        public static void main(String[] folder) throws IOException, InterruptedException {
            try (Scratch scratch = Scratch.createIn(Path.of(folder[0]), "run-")) {
                Process child = new ProcessBuilder("sleep", "600")
                        .directory(scratch.path().toFile())
                        .start();
                System.out.println(child.pid());
                long own = ProcessHandle.current().pid();
                new ProcessBuilder("kill", "-TERM", String.valueOf(own)).start().waitFor();
                child.waitFor();
                Thread.currentThread().join();
            }
        }
    }
}
