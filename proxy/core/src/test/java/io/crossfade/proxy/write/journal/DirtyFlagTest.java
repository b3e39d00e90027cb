package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirtyFlagTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("journal").resolve("dirty");
    }

    private Optional<DirtyRange> stored() throws IOException {
        try (DirtyFlag flag = DirtyFlag.open(file)) {
            return flag.range();
        }
    }

    private void set(long since, String reason) throws IOException {
        try (DirtyFlag flag = DirtyFlag.open(file)) {
            flag.set(since, reason);
        }
    }

    @Test
    void newOne_isClean() throws IOException {
        assertThat(stored()).isEmpty();
        assertThat(stored()).isEmpty();
        assertThat(Files.size(file)).as("preallocated").isEqualTo(4_096);
    }

    @Test
    void set_survivesAndIsOnlyEverMadeLonger() throws IOException {
        set(50, "first");
        set(70, "later");
        assertThat(stored()).contains(new DirtyRange(50, "first"));
        set(20, "earlier");
        assertThat(stored()).contains(new DirtyRange(20, "earlier"));
    }

    @Test
    void clear_survives() throws IOException {
        set(50, "first");
        try (DirtyFlag flag = DirtyFlag.open(file)) {
            flag.clear();
        }
        assertThat(stored()).isEmpty();
    }

    @Test
    void anyFlippedBit_putsEverythingInDoubt() throws IOException {
        set(50, "reason");
        byte[] bytes = Files.readAllBytes(file);
        for (int bit = 0; bit < 26 * Byte.SIZE; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            Files.write(file, damaged);
            assertThat(stored())
                    .as("bit " + bit)
                    .hasValueSatisfying(range -> assertThat(range.since()).isZero());
        }
    }

    @Test
    void cutAnywhere_putsEverythingInDoubt() throws IOException {
        set(50, "reason");
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 1; length < bytes.length; length += length < 32 ? 1 : 97) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThat(stored())
                    .as("cut at " + length)
                    .hasValueSatisfying(range -> assertThat(range.since()).isZero());
        }
    }

    @Test
    void cutToNothing_isAsGoodAsMissing() throws IOException {
        set(50, "reason");
        Files.write(file, new byte[0]);
        assertThat(DirtyFlag.isMissing(file)).isTrue();
    }

    @Test
    void cannotBeWritten_isNeverTriedAgain() throws IOException {
        DirtyFlag flag = DirtyFlag.open(file);
        flag.set(50, "first");
        flag.close();
        for (long since : new long[] {20, 70}) {
            assertThatThrownBy(() -> flag.set(since, "again"))
                    .as("since " + since)
                    .isInstanceOf(IOException.class);
        }
        assertThat(stored()).contains(new DirtyRange(50, "first"));
    }
}
