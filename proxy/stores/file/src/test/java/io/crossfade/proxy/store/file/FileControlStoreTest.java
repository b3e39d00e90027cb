package io.crossfade.proxy.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

final class FileControlStoreTest {
    @TempDir
    private Path directory;

    private FileControlStore store;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        store = FileControlStore.open(directory);
        file = directory.resolve("things.record");
        assertThat(set(0, "first")).isTrue();
        assertThat(set(1, "second")).isTrue();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private boolean set(long revision, String value) {
        return store.compareAndSet("things", revision, value.getBytes(StandardCharsets.UTF_8))
                .join();
    }

    private void assertRefused(byte[] bytes, String what) throws IOException {
        Files.write(file, bytes);
        assertThatThrownBy(() -> store.read("things").join())
                .as(what)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> set(2, "third")).as(what).hasMessageContaining(file.toString());
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

    /** A process that was killed, or a machine that stopped, while it replaced the record. */
    @Test
    void newRecordTornBeforeItsRename_theOldOneStands() throws IOException {
        Files.write(directory.resolve("things.tmp"), new byte[] {1, 2, 3});
        assertThat(store.read("things").join())
                .hasValueSatisfying(found -> assertThat(found.revision()).isEqualTo(2));
        assertThat(set(2, "third")).isTrue();
        assertThat(store.read("things").join()).hasValueSatisfying(found -> {
            assertThat(found.revision()).isEqualTo(3);
            assertThat(found.value()).asString().isEqualTo("third");
        });
    }
}
