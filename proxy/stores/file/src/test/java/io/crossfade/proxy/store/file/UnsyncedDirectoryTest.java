package io.crossfade.proxy.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.kit.time.FakeTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has been renamed or deleted, but might come back when the power is gone: nobody is told of it. */
final class UnsyncedDirectoryTest {
    @TempDir
    private Path directory;

    private final Queue<String> hints = new ConcurrentLinkedQueue<>();
    private volatile int syncsLeft = Integer.MAX_VALUE;
    private volatile int syncs;
    private FileControlStore store;
    private Revision first;

    @BeforeEach
    void open() throws IOException {
        store = reopened();
        first = ((Change.Done) set(Revision.ABSENT, "first").join()).revision();
        store.watch("", hints::add);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private FileControlStore reopened() throws IOException {
        return FileControlStore.open(directory, new FakeTime(), this::sync);
    }

    private void sync(Path place) throws IOException {
        if (syncsLeft == 0) {
            throw new IOException("no sync, as this test wants it");
        }
        syncsLeft--;
        syncs++;
        RecordFiles.sync(place);
    }

    private CompletableFuture<Change> set(Revision revision, String value) {
        return store.compareAndSet("things", revision, value.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<Versioned> read() {
        return store.read("things").join();
    }

    private void assertFails(ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasCauseInstanceOf(ControlException.class)
                .hasMessageContaining("control.dir: " + directory + " cannot be synced: no sync");
    }

    @Test
    void writtenButNotSynced_noCallIsAnsweredUntilItIs_andThenItStands() {
        syncsLeft = 0;
        assertFails(set(first, "second")::join);
        assertFails(this::read);
        assertFails(store.list("")::join);
        assertFails(set(first, "third")::join);
        syncsLeft = Integer.MAX_VALUE;

        assertThat(read())
                .hasValueSatisfying(
                        found -> assertThat(found.value()).asString().isEqualTo("second"));
        assertThat(set(first, "third").join()).isEqualTo(new Change.Conflict());
    }

    @Test
    void deletedButNotSynced_noCallIsAnsweredUntilItIs_andThenItIsGone() {
        syncsLeft = 1; // of the number of the deletion
        assertFails(store.delete("things", first)::join);
        assertFails(this::read);
        syncsLeft = Integer.MAX_VALUE;

        assertThat(read()).isEmpty();
    }

    /** Matters because nobody looks again at a store that has not told of a change. */
    @Test
    void writtenButNotSynced_isHintedAt() {
        syncsLeft = 0;
        assertFails(set(first, "second")::join);

        assertThat(hints).containsExactly("things");
    }

    /** Matters because the process before may have been killed between its rename and its sync. */
    @Test
    void openedAnew_isSyncedBeforeTheFirstAnswer_andNotAgain() throws IOException {
        store.close();
        syncsLeft = 0;
        store = reopened();
        assertFails(this::read);
        syncsLeft = Integer.MAX_VALUE;
        int before = syncs;

        assertThat(read()).isPresent();
        assertThat(read()).isPresent();
        assertThat(syncs).isEqualTo(before + 1);
    }
}
