package io.crossfade.proxy.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.DamagedRecordException;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.time.Cause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a disk, or a machine that stopped, has made of a record. */
final class DamagedRecordTest {
    @TempDir
    private Path directory;

    private final FakeTime time = new FakeTime();
    private FileControlStore store;
    private Path file;
    private Revision second;

    @BeforeEach
    void open() throws IOException {
        store = FileControlStore.open(directory, time);
        file = directory.resolve("things.record");
        second = done(set(done(set(Revision.ABSENT, "first")), "second"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Revision done(Change change) {
        return ((Change.Done) change).revision();
    }

    private Change set(Revision revision, String value) {
        return store.compareAndSet("things", revision, value.getBytes(StandardCharsets.UTF_8))
                .join();
    }

    private void assertRefused(byte[] bytes, String what) throws IOException {
        Files.write(file, bytes);
        assertThatThrownBy(() -> store.read("things").join())
                .as(what)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining(file.toString());
        assertThat(set(second, "third")).as(what).isInstanceOf(Change.Conflict.class);
    }

    @Test
    void anyFlippedBit_isRefused() throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int bit = 0; bit < good.length * Byte.SIZE; bit++) {
            byte[] damaged = good.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertRefused(damaged, "bit " + bit);
        }
    }

    @Test
    void cutAnywhere_isRefused() throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length; length++) {
            assertRefused(Arrays.copyOf(good, length), "cut at " + length);
        }
    }

    /** Whoever can do without what it said has to have seen the damage: a change that comes between is not lost. */
    @Test
    void whoeverHasSeenTheDamage_mayReplaceIt() throws IOException {
        Files.write(file, new byte[20]);
        Revision damaged = damagedRevision();
        assertThat(store.compareAndSet("things", Revision.ABSENT, new byte[1]).join())
                .isInstanceOf(Change.Conflict.class);
        Files.write(file, new byte[21]);
        assertThat(set(damaged, "third")).isInstanceOf(Change.Conflict.class);

        Revision third = done(set(damagedRevision(), "third"));
        assertThat(store.read("things").join())
                .hasValueSatisfying(found -> assertThat(found.revision()).isEqualTo(third));
        assertThat(third).isNotEqualTo(second);
    }

    private Revision damagedRevision() {
        return store.read("things")
                .<Revision>thenApply(found -> Revision.ABSENT)
                .exceptionally(failed -> ((DamagedRecordException) Cause.of(failed)).revision())
                .join();
    }

    /** A process that was killed, or a machine that stopped, while it replaced the record. */
    @Test
    void newRecordTornBeforeItsRename_theOldOneStands() throws IOException {
        Files.write(directory.resolve("things.tmp"), new byte[] {1, 2, 3});
        assertThat(store.read("things").join())
                .hasValueSatisfying(found -> assertThat(found.revision()).isEqualTo(second));
        Revision third = done(set(second, "third"));
        assertThat(store.read("things").join()).hasValueSatisfying(found -> {
            assertThat(found.revision()).isEqualTo(third);
            assertThat(found.value()).asString().isEqualTo("third");
        });
    }

    @Test
    void listWithADamagedRecord_isRefused_andOtherRecordsAreNot() throws IOException {
        store.compareAndSet("others", Revision.ABSENT, new byte[1]).join();
        Files.write(file, new byte[20]);

        assertThatThrownBy(() -> store.list("").join()).hasMessageContaining(file.toString());
        assertThat(store.list("other").join()).containsOnlyKeys("others");
    }

    @Test
    void storeWithADamagedRecord_opens_andRefusesThatOne() throws IOException {
        store.close();
        Files.write(file, new byte[3]);

        store = FileControlStore.open(directory, time);
        assertThatThrownBy(() -> store.read("things").join()).hasMessageContaining(file.toString());
        assertThat(store.read("others").join()).isEmpty();
    }
}
