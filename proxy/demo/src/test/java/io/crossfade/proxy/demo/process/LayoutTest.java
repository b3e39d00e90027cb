package io.crossfade.proxy.demo.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.demo.process.Layout.OldIndex;
import io.crossfade.proxy.local.Ports;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LayoutTest {
    @TempDir
    Path folder;

    @Test
    void indexThatIsThere_isBootstrapped() throws IOException {
        Layout layout = Layout.create(folder, new Ports(), new OldIndex("driver: pgvector, table: words", true));

        assertThat(layout.sidecar().config())
                .content()
                .contains("words-v1: {driver: pgvector, table: words, vectors: {\"\": {space: minilm}}}")
                .contains("control: {bootstrap: true}")
                .contains("data_dir: \"" + folder.resolve("sidecar") + "\"");
    }

    @Test
    void indexThatTheAppFills_isNot() throws IOException {
        Layout layout = Layout.create(folder, new Ports(), new OldIndex("driver: lucene, path: \"/index\"", false));

        assertThat(layout.sidecar().config()).content().doesNotContain("bootstrap");
        assertThat(layout.witness().config()).content().contains("bootstrap", "driver: lucene, path: \"/index\"");
    }
}
