package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.time.FakeTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskWatchTest {
    private final FakeTime time = new FakeTime();
    private final Queue<Runnable> probes = new ArrayDeque<>();

    @TempDir
    private Path directory;

    private DiskWatch disk;

    @BeforeEach
    void watch() {
        disk = new DiskWatch(directory.resolve("probe"), probes::add, time::nanos);
    }

    private void pass(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    @Test
    void aSyncThatTakesLong_saysThatWritesMayWait_untilItHasEnded() {
        assertThat(disk.mayWait()).isFalse();
        assertThat(probes).hasSize(1);
        pass(21);
        assertThat(disk.mayWait()).isTrue();
        pass(60_000);
        assertThat(disk.mayWait()).isTrue();
        assertThat(probes).as("one at a time").hasSize(1);
        probes.remove().run();
        assertThat(directory.resolve("probe")).exists();
        assertThat(disk.mayWait()).isFalse();
    }

    @Test
    void theDiskIsTriedOnceASecond_andOnlyIfSomebodyWrites() {
        disk.mayWait();
        probes.remove().run();
        pass(999);
        disk.mayWait();
        assertThat(probes).isEmpty();
        pass(10_000);
        assertThat(probes).isEmpty();
        disk.mayWait();
        assertThat(probes).hasSize(1);
    }

    @Test
    void aWriteThatTookLong_saysThatTheNextOnesMay_forAWhile() {
        disk.mayWait();
        probes.remove().run();
        long from = time.nanos();
        pass(5);
        disk.hasTaken(from);
        assertThat(disk.mayWait()).isFalse();
        pass(16);
        disk.hasTaken(from);
        assertThat(disk.mayWait()).isTrue();
        pass(9_000);
        disk.mayWait();
        probes.forEach(Runnable::run);
        assertThat(disk.mayWait()).isTrue();
        pass(1_001);
        disk.mayWait();
        probes.forEach(Runnable::run);
        assertThat(disk.mayWait()).isFalse();
    }

    @Test
    void theFileCannotBeWritten_theJournalItselfHasToSaySo() {
        DiskWatch missing = new DiskWatch(directory.resolve("none").resolve("probe"), Runnable::run, time::nanos);
        assertThat(missing.mayWait()).isFalse();
        pass(30);
        assertThat(missing.mayWait()).isFalse();
    }
}
