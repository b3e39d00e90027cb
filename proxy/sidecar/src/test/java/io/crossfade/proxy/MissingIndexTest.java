package io.crossfade.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.Doc;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Operator;
import io.crossfade.v1.StartMigrationRequest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that is named wrongly, or gone: an empty one in its place would be served, or written to, without a word. */
final class MissingIndexTest {
    private static final String FIRST = "things-v1: {driver: lucene,";
    private static final String SECOND = "things-v2: {driver: lucene,";

    @TempDir
    private Path directory;

    private String yaml() {
        return Configs.embedded(directory.resolve("data"));
    }

    private Proxy start(String yaml) throws IOException {
        return Proxy.start(Configs.load(directory, yaml));
    }

    private static void write(Proxy proxy) {
        try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
            client.collection("things")
                    .upsert(Doc.of("a").text("a").vector("tiny", 1, 2, 3, 4))
                    .requireApplied();
        }
    }

    /** No migration has ever been: the record knows no more than the index's name. */
    @Test
    void pathOfTheIndexThatServesIsMisspelt_theSidecarDoesNotStart_andMakesNothing() throws Exception {
        try (Proxy proxy = start(yaml())) {
            write(proxy);
        }
        Path misspelt = directory.resolve("data").resolve("thigns");

        assertThatThrownBy(() -> start(yaml().replace(FIRST, FIRST + " path: thigns,")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("index things-v1: path: " + misspelt + ": not there")
                .hasMessageContaining("control.bootstrap");
        assertThat(misspelt).doesNotExist();
        start(yaml()).close();
    }

    @Test
    void newCollection_itsIndexIsMade_unlessItHasToBeThere() throws Exception {
        assertThatThrownBy(() ->
                        start(yaml().replace("things: {index: things-v1", "things: {create: false, index: things-v1")))
                .hasMessageContaining("things-v1")
                .hasMessageContaining("not there");
        assertThat(directory.resolve("data").resolve("things-v1")).doesNotExist();

        try (Proxy proxy = start(yaml())) {
            write(proxy);
        }
    }

    @Test
    void dryRun_makesNothing_andTheStartDoes() throws Exception {
        Path second = directory.resolve("data").resolve("things-v2");
        try (Proxy proxy = start(yaml());
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            write(proxy);
            assertThat(second).doesNotExist();
            assertThat(operator.admin()
                            .startMigration(StartMigrationRequest.newBuilder()
                                    .setCollection("things")
                                    .setToIndex("things-v2")
                                    .setDryRun(true)
                                    .build())
                            .getBlockersList())
                    .isEmpty();
            assertThat(second).doesNotExist();

            operator.moveTo("things-v2");
            assertThat(second).exists();
        }
        assertThatThrownBy(() -> start(yaml().replace(SECOND, SECOND + " path: thigns,")))
                .hasMessageContaining("thigns: not there");
    }
}
