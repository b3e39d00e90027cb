package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The journal's disk fails at each of its calls in turn, for a moment or for good. A write that is acknowledged is in
 * the journal, or the dirty block says that it may not be; what is refused is said to be; and no failed sync is tried
 * again on the same file. What counts is what the next process would find. Needs strace, prlimit, and to be root.
 */
final class JournalDiskIT {
    /** {@code -Dcrossfade.journal.apart=1} stops the files from growing at every byte, {@code -Dcrossfade.seed=7} at others. */
    private static final int BYTES_APART = Integer.getInteger("crossfade.journal.apart", 127);

    private static final int SEED = Integer.getInteger("crossfade.seed", 0);

    @TempDir
    private Path directory;

    private Process process;
    private BufferedReader answers;
    private BufferedWriter commands;
    private int rounds;

    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JournalScript.class.getName())
                .redirectError(directory.resolve("log").toFile())
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    @AfterEach
    void stop() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private List<String> tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        List<String> said = new ArrayList<>();
        for (String line = answers.readLine(); !"done".equals(line); line = answers.readLine()) {
            if (line == null) {
                throw new IOException("the process ended: " + Files.readString(directory.resolve("log")));
            }
            said.add(line);
        }
        return said;
    }

    private Path nextRound() throws IOException {
        return Files.createDirectories(directory.resolve("round" + ++rounds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dirty", "fail"})
    void aSyncFails(String policy) throws IOException {
        eachCall(policy, "fsync,fdatasync:error=EIO", false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dirty", "fail"})
    void anAppendFails(String policy) throws IOException {
        eachCall(policy, "write,pwrite64:error=ENOSPC", true);
        eachCall(policy, "write,pwrite64:error=EIO", true);
    }

    /** Until there are fewer calls than that. */
    private void eachCall(String policy, String fault, boolean named) throws IOException {
        for (String times : List.of("", "+")) {
            int n = 1;
            while (round(policy, fault + ":when=" + n + times, named)) {
                n++;
            }
            assertThat(n).as("calls that failed").isGreaterThan(JournalScript.WRITES / 2);
        }
    }

    private boolean round(String policy, String inject, boolean named) throws IOException {
        Path round = nextRound();
        Path journal = round.resolve("journal");
        assertThat(tell("open " + journal + " " + policy)).containsExactly("opened");
        Path logs = Files.createDirectories(round.resolve("strace"));
        List<String> said;
        FailingDisk disk = new FailingDisk(process.pid(), inject, named ? files(journal) : List.of(), logs);
        try (disk) {
            said = tell("write");
        }
        check(policy + " " + inject, policy, journal, said);
        assertThat(disk.syncedAfterFailure()).as(inject).isEmpty();
        Set<String> failed = disk.failed();
        boolean mayRefuse = policy.equals("dirty")
                ? failed.contains(journal.resolve("dirty").toString())
                : !failed.isEmpty();
        assertThat(mayRefuse || said.stream().allMatch(line -> line.startsWith("acked")))
                .as(inject + ": " + failed + " failed: " + said)
                .isTrue();
        tell("end");
        return !failed.isEmpty();
    }

    private static List<Path> files(Path journal) throws IOException {
        try (Stream<Path> all = Files.walk(journal)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(journal.resolve("native")))
                    .toList();
        }
    }

    private void check(String what, String policy, Path journal, List<String> said) throws IOException {
        Found found = killed(journal);
        boolean refusing = false;
        assertThat(said).as(what).hasSize(JournalScript.WRITES);
        for (int i = 0; i < said.size(); i++) {
            boolean acked = said.get(i).equals("acked " + i);
            assertThat(acked || said.get(i).startsWith("refused " + i))
                    .as(what + ": " + said)
                    .isTrue();
            assertThat(acked && refusing && policy.equals("fail"))
                    .as(what + ": acked after a refusal: " + said)
                    .isFalse();
            refusing |= !acked;
            if (acked) {
                assertThat(found.keys().contains(JournalScript.id(i)) || (policy.equals("dirty") && found.isDirty()))
                        .as(what + ": acked, and neither in the journal nor in the dirty range: " + said.get(i))
                        .isTrue();
            }
        }
    }

    private record Found(Set<String> keys, boolean isDirty) {}

    /** What the process would leave behind if it were killed now. */
    private Found killed(Path journal) throws IOException {
        Path copy = journal.resolveSibling("copy");
        run("kill", "-STOP", Long.toString(process.pid()));
        for (Path file : files(journal)) {
            Path to = copy.resolve(journal.relativize(file));
            Files.createDirectories(to.getParent());
            Files.copy(file, to);
        }
        run("kill", "-CONT", Long.toString(process.pid()));
        return new JournalFiles("copy", copy, new RocksJournalStores(1 << 30)).open(false, (store, thread, doubt) -> {
            Set<String> keys = new HashSet<>();
            store.load().marks().forEach(mark -> keys.add(mark.key().id()));
            try (DirtyFlag flag = DirtyFlag.open(copy.resolve("dirty"))) {
                return new Found(keys, flag.range().isPresent());
            } finally {
                store.close();
            }
        });
    }

    /** The last write that fits is cut short, as on a disk that is full to the byte. */
    @ParameterizedTest
    @ValueSource(strings = {"dirty", "fail"})
    void noFileGrowsBeyondAByte(String policy) throws IOException {
        int log = 88 + JournalScript.WRITES * 600;
        for (int most = 88 + SEED % BYTES_APART; most < log; most += BYTES_APART) {
            Path journal = nextRound().resolve("journal");
            assertThat(tell("open " + journal + " " + policy)).containsExactly("opened");
            limit(Integer.toString(most));
            List<String> said = tell("write");
            limit("unlimited");
            check(policy + " at " + most, policy, journal, said);
            tell("end");
        }
    }

    private void limit(String bytes) throws IOException {
        run("prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + bytes + ":unlimited");
    }

    private static void run(String... command) throws IOException {
        int exit =
                new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue();
        assertThat(exit).as(String.join(" ", command)).isZero();
    }

    @Test
    void aCallFailsWhileTheJournalIsOpened_itIsOpenOrRefused() throws IOException {
        int n = 1;
        boolean failed = true;
        while (failed) {
            Path round = nextRound();
            Path logs = Files.createDirectories(round.resolve("strace"));
            List<String> said;
            FailingDisk disk = new FailingDisk(process.pid(), "fsync,fdatasync:error=EIO:when=" + n, List.of(), logs);
            try (disk) {
                said = tell("open " + round.resolve("journal") + " dirty");
            }
            failed = !disk.failed().isEmpty();
            assertThat(said.get(0))
                    .as("sync " + n)
                    .startsWith(failed ? "refused journal of things in " + round.resolve("journal") : "opened");
            n++;
            tell("end");
        }
        assertThat(n).isGreaterThan(3);
    }
}
