package io.crossfade.proxy.driver.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RealPathTest {
    @Test
    void oneDirectory_hasOneSpelling_beforeAndAfterItIsMade(@TempDir Path folder) throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        Path spelled = link.resolve("gone/../index");
        Path before = RealPath.of(spelled);
        Files.createDirectory(target.resolve("index"));

        assertThat(before)
                .isEqualTo(RealPath.of(spelled))
                .isEqualTo(target.toRealPath().resolve("index"));
        assertThat(RealPath.of(target.resolve("index"))).isEqualTo(before);
        assertThat(RealPath.of(target.resolve("other"))).isNotEqualTo(before);
    }
}
