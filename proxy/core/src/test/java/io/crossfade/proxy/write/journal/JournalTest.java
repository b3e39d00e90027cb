package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.JournalDisk;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class JournalTest {
    private static final Key KEY = Key.of("1");

    private final FakeTime time = new FakeTime();
    private final JournalDisk disk = new JournalDisk();
    private final List<Long> lost = new ArrayList<>();

    private Journal journal() {
        return new Journal(
                disk.open(new Life()),
                JournalThreads.both(new Life().executor(time)),
                (first, cause) -> lost.add(first));
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

    /** A mark of a healthy write is recorded before an engine is called: it must not wait for the disk. */
    @Test
    void syncTakesLong_recordsGoOn_andTheNextSyncServesAllOfThem() throws Exception {
        SlowStore store = new SlowStore();
        ExecutorService appends = Executors.newSingleThreadExecutor();
        ExecutorService syncs = Executors.newSingleThreadExecutor();
        Journal journal =
                new Journal(store, new Journal.Threads(Turns.NONE, appends, syncs), (first, cause) -> lost.add(first));
        try {
            enqueued(journal, 1).join();
            CompletableFuture<Void> first = journal.sync();
            store.awaitSync();

            enqueued(journal, 2).join();
            enqueued(journal, 3).join();
            CompletableFuture<Void> second = journal.sync();
            CompletableFuture<Void> third = journal.sync();
            assertThat(first).isNotCompleted();
            store.endSync();
            first.join();
            assertThat(second).isNotCompleted();
            store.endSync();
            second.join();
            third.join();
            assertThat(store.begun()).isEqualTo(2);
            journal.close();
        } finally {
            appends.shutdown();
            syncs.shutdown();
        }
    }

    /** Takes as long for a sync as it is told. */
    private static final class SlowStore extends ForwardingStore {
        private final CountingStore store = new CountingStore();
        private final Semaphore begun = new Semaphore(0);
        private final Semaphore ends = new Semaphore(0);
        private final AtomicInteger syncs = new AtomicInteger();

        void awaitSync() throws InterruptedException {
            begun.acquire();
        }

        void endSync() {
            ends.release();
        }

        int begun() {
            return syncs.get();
        }

        @Override
        public void sync() {
            syncs.incrementAndGet();
            begun.release();
            ends.acquireUninterruptibly();
        }

        @Override
        JournalStore store() {
            return store;
        }
    }

    private static CompletableFuture<Void> enqueued(Journal journal, long sequence) {
        return journal.open(List.of(mark(sequence, 10 * sequence)));
    }

    @Test
    void syncFails_whatWasRecordedMeanwhileIsLostToo_andTheJournalCloses() throws IOException {
        Journal journal = journal();
        disk.failSync(0);
        CompletableFuture<Void> recorded = enqueued(journal, 7);
        CompletableFuture<Void> synced = journal.sync();
        settle();
        assertThat(recorded).isCompleted();
        assertThat(synced).isCompleted();
        assertThat(journal.isLost()).isTrue();
        assertThat(lost).hasSize(1);

        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> close(journal), task -> {
            Thread thread = new Thread(task, "closes");
            thread.setDaemon(true);
            thread.start();
        });
        while (!closing.isDone()) {
            settle();
        }
        assertThat(closing).isCompleted();
        CompletableFuture<Void> late = journal.open(List.of(mark(8, 80)));
        settle();
        assertThat(late).isCompletedExceptionally();
    }

    private static void close(Journal journal) {
        try {
            journal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        Journal journal = new Journal(
                disk.open(new Life()), JournalThreads.both(Runnable::run), (first, cause) -> lost.add(first));
        journal.open(List.of(mark(1, 70)));
        journal.close();
        journal.close(1);
        assertThat(journal.open(List.of(mark(2, 80)))).isCompletedExceptionally();
        assertThat(journal.sync()).isCompletedExceptionally();
        assertThat(journal.overflow(90, 90, "full")).isCompletedExceptionally();
        assertThat(disk.marks()).hasSize(1);
        assertThat(lost).isEmpty();
    }
}
