package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Key;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A journal whose callers have turns. What runs where is decided by the test: a turn, the thread that may wait, or neither. */
final class JournalTurnsTest {
    private final Queue<Runnable> turns = new ArrayDeque<>();
    private final Queue<Runnable> thread = new ArrayDeque<>();
    private final List<String> said = new ArrayList<>();
    private final ScriptedStore store = new ScriptedStore();
    private boolean hasTurns = true;

    private final Journal journal = new Journal(
            store,
            new Journal.Threads(task -> hasTurns && turns.add(task), thread::add, Runnable::run),
            (first, cause) -> said.add("lost " + first));

    /** Says what it is asked, and by whom. */
    private final class ScriptedStore extends ForwardingStore {
        private final CountingStore store = new CountingStore();
        private boolean wouldWait;
        private boolean fails;

        @Override
        JournalStore store() {
            return store;
        }

        @Override
        public void apply(List<Change> changes) throws IOException {
            add("waiting", changes);
        }

        @Override
        public boolean tryApply(List<Change> changes) throws IOException {
            if (wouldWait) {
                said.add("would wait");
                return false;
            }
            add("at once", changes);
            return true;
        }

        private void add(String how, List<Change> changes) throws IOException {
            if (fails) {
                said.add("fails");
                throw new IOException("no space left on device");
            }
            List<Long> opened = changes.stream()
                    .filter(Change.Open.class::isInstance)
                    .map(change -> ((Change.Open) change).mark().sequence())
                    .toList();
            boolean knowsHighest = changes.stream().anyMatch(Change.HighestVersion.class::isInstance);
            said.add(how + " " + opened + (knowsHighest ? " and the highest version" : ""));
        }

        @Override
        public void close() {
            said.add("closed");
        }
    }

    private CompletableFuture<Void> open(long sequence) {
        return journal.open(List.of(
                new MarkRecord(sequence, Key.of("1"), 10 * sequence, 1, MarkRecord.Kind.WRITE, true, "", List.of())));
    }

    private static void runAll(Queue<Runnable> tasks) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void whatArrivesInATurnIsOneGroup_andNeedsNoThread() {
        CompletableFuture<Void> first = open(1);
        CompletableFuture<Void> second = open(2);
        assertThat(first).isNotCompleted();
        runAll(turns);
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(said).containsExactly("at once [1, 2] and the highest version");
        assertThat(thread).isEmpty();
    }

    @Test
    void storeWouldWait_theThreadGoesOnWithTheSameRecords_andLaterOnesComeBehindThem() {
        store.wouldWait = true;
        CompletableFuture<Void> first = open(1);
        runAll(turns);
        assertThat(first).isNotCompleted();

        store.wouldWait = false;
        CompletableFuture<Void> second = open(2);
        assertThat(turns).as("only one appends at a time").isEmpty();
        runAll(thread);
        assertThat(first).isCompleted();
        runAll(turns);
        assertThat(second).isCompleted();
        assertThat(said)
                .containsExactly(
                        "would wait", "waiting [1] and the highest version", "at once [2] and the highest version");
    }

    @Test
    void callerHasNoTurns_theThreadAppends() {
        hasTurns = false;
        CompletableFuture<Void> recorded = open(1);
        runAll(thread);
        assertThat(recorded).isCompleted();
        assertThat(said).containsExactly("waiting [1] and the highest version");
    }

    /** What a loss asks for is written to the disk, and synced. */
    @Test
    void appendFailsInATurn_theLossIsRecordedByTheThread() {
        store.fails = true;
        CompletableFuture<Void> recorded = open(1);
        runAll(turns);
        assertThat(said).containsExactly("fails");
        assertThat(recorded).isNotCompleted();
        runAll(thread);
        assertThat(said).containsExactly("fails", "lost 10");
        assertThat(recorded).isCompleted();
        assertThat(journal.isLost()).isTrue();
    }

    @Test
    void endsInATurn_theStoreIsClosedOnce_andWhatComesLaterIsRefused() {
        CompletableFuture<Void> recorded = open(1);
        CompletableFuture<Void> ended = journal.end();
        runAll(turns);
        assertThat(recorded).isCompleted();
        assertThat(ended).isCompleted();
        CompletableFuture<Void> late = open(2);
        runAll(turns);
        runAll(thread);
        assertThat(late).isCompletedExceptionally();
        assertThat(said).containsExactly("at once [1] and the highest version", "closed");
    }

    @Test
    void manyArriveInOneTurn_eachTurnTakesSome() {
        List<CompletableFuture<Void>> recorded = new ArrayList<>();
        for (int i = 1; i <= 300; i++) {
            recorded.add(open(i));
        }
        turns.remove().run();
        assertThat(recorded.stream().filter(CompletableFuture::isDone)).hasSize(128);
        runAll(turns);
        assertThat(recorded).allSatisfy(each -> assertThat(each).isCompleted());
        assertThat(said).hasSize(3);
    }
}
