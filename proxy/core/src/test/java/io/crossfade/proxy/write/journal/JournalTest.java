package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.JournalDisk;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class JournalTest {
    private static final Key KEY = Key.of("1");

    private final FakeTime time = new FakeTime();
    private final JournalDisk disk = new JournalDisk();
    private final List<Long> lost = new ArrayList<>();

    private Journal journal() {
        return new Journal(disk.open(new Life()), new Life().executor(time), (first, cause) -> lost.add(first));
    }

    private static MarkRecord mark(long sequence, long version) {
        return new MarkRecord(sequence, KEY, version, 1, MarkRecord.Kind.WRITE, true, "", List.of());
    }

    private void settle() {
        time.advance(Duration.ZERO);
    }

    @Test
    void manyAskForASync_oneServesThemAll() {
        Journal journal = journal();
        List<CompletableFuture<Void>> asked = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            journal.open(List.of(mark(i, i)));
            asked.add(journal.sync());
        }
        settle();
        assertThat(asked).allSatisfy(synced -> assertThat(synced).isCompleted());
        assertThat(disk.syncs()).isEqualTo(1);
        assertThat(disk.marks()).hasSize(100);
    }

    @Test
    void appendFails_theLossNamesTheFirstVersionAndNothingIsTriedAgain() {
        Journal journal = journal();
        disk.failApply(0);
        journal.open(List.of(mark(1, 70), mark(2, 60)));
        settle();
        CompletableFuture<Void> later = journal.open(List.of(mark(3, 80)));
        settle();
        assertThat(later).isCompleted();
        assertThat(journal.isLost()).isTrue();
        assertThat(lost).containsExactly(60L, 80L);
        assertThat(disk.marks()).isEmpty();
    }

    @Test
    void highestVersion_isFoundAfterTheMarksAreClosed() {
        Journal journal = journal();
        journal.open(List.of(mark(1, 70)));
        journal.close(1);
        journal.open(List.of(mark(2, 60)));
        settle();
        journal.close(2);
        journal.sync();
        settle();
        JournalStore.Contents found = contents();
        assertThat(found.highestVersion()).isEqualTo(70);
        assertThat(found.marks()).isEmpty();
    }

    private JournalStore.Contents contents() {
        try {
            return disk.open(new Life()).load();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closed_nothingReachesTheStoreAnyMore() throws IOException {
        Journal journal = new Journal(disk.open(new Life()), Runnable::run, (first, cause) -> lost.add(first));
        journal.open(List.of(mark(1, 70)));
        journal.close();
        journal.close(1);
        assertThat(journal.open(List.of(mark(2, 80)))).isCompletedExceptionally();
        assertThat(journal.sync()).isCompletedExceptionally();
        assertThat(journal.overflow(90, "full")).isCompletedExceptionally();
        assertThat(disk.marks()).hasSize(1);
        assertThat(lost).isEmpty();
    }
}
