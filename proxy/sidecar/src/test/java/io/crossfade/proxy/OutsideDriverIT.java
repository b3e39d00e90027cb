package io.crossfade.proxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Doc;
import io.crossfade.client.Filters;
import io.crossfade.client.Hit;
import io.crossfade.client.Key;
import io.crossfade.client.Patch;
import io.crossfade.client.Search;
import io.crossfade.proxy.plugin.ShelfDriver;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sidecars that are given drivers which were built elsewhere. */
final class OutsideDriverIT {
    private static final int DOCUMENTS = 300;

    @TempDir
    private Path directory;

    private Path jar;
    private Path drivers;

    /** A copy: a link would be followed to where the jar was built. */
    @BeforeEach
    void install() throws IOException {
        Path built = Path.of(requireNonNull(System.getProperty("crossfade.jar")));
        jar = Files.copy(built, directory.resolve("crossfade.jar"));
        drivers = directory.resolve("drivers");
    }

    private SidecarProcess start(Map<String, String> environment, String first, String second) throws IOException {
        Path home = directory.resolve("sidecar");
        return SidecarProcess.start(
                new SidecarProcess.Installation(jar, environment),
                home,
                port -> Configs.embedded(home.resolve("data"), port)
                        .replaceFirst("lucene", first)
                        .replaceFirst("things-v2: \\{driver: lucene", "things-v2: {driver: " + second));
    }

    @Test
    void besideTheJar_servesAWholeMigration() throws Exception {
        ShelfDriver.build(drivers, "shelf", "1");

        try (SidecarProcess sidecar = start(Map.of(), "lucene", "shelf, max_batch: 50");
                Operator operator = sidecar.operator("things");
                CrossfadeClient client = sidecar.client()) {
            CrossfadeCollection things = client.collection("things");
            write(things, 0);
            operator.start("things-v2");
            operator.awaitBackfill();
            write(things, DOCUMENTS);
            operator.awaitNothingPending();
            operator.flip();

            check(things, "things-v2");
            operator.rollback();
            check(things, "things-v1");
        }
    }

    private static void write(CrossfadeCollection things, int from) {
        for (int i = from; i < from + DOCUMENTS; i += 10) {
            Doc[] batch = new Doc[10];
            for (int j = 0; j < batch.length; j++) {
                batch[j] = Doc.of("id-" + (i + j))
                        .text("text")
                        .metadata("n", i + j)
                        .vector("tiny", i + j, 0, 0, 0);
            }
            things.upsert(batch).requireApplied();
        }
        things.updateMetadata("id-" + from, Patch.set("n", -from - 1)).requireApplied();
        things.delete("id-" + (from + 1)).requireApplied();
    }

    private static void check(CrossfadeCollection things, String index) {
        assertThat(things.count()).isEqualTo(2 * DOCUMENTS - 2);
        assertThat(things.fetch(List.of(Key.of("id-1")))).isEmpty();
        var found = things.query(Search.vector("tiny", 100, 0, 0, 0).topK(3).where(Filters.lt("n", 0)));
        assertThat(found.index()).isEqualTo(index);
        assertThat(found.hits()).extracting((Hit hit) -> hit.doc().id()).containsExactly("id-0", "id-300");
    }

    /**
     * Each has its own version of a library, classes and resources of the same names, and neither sees the sidecar's.
     */
    @Test
    void twoOfThem_haveTheirOwnVersionsOfALibrary() throws Exception {
        Path elsewhere = directory.resolve("elsewhere");
        ShelfDriver.build(elsewhere, "left", "1");
        ShelfDriver.build(elsewhere, "right", "2");

        try (SidecarProcess sidecar = start(Map.of("CROSSFADE_DRIVERS", elsewhere.toString()), "left", "right");
                Operator operator = sidecar.operator("things");
                CrossfadeClient client = sidecar.client()) {
            write(client.collection("things"), 0);
            write(client.collection("things"), DOCUMENTS);
            operator.moveTo("things-v2");

            check(client.collection("things"), "things-v2");
            assertThat(sidecar.printed())
                    .contains("left on paper 1, sees no grpc", "left in the context of left")
                    .contains("right on paper 2, sees no grpc", "right in the context of right");
        }
    }

    @Test
    void brokenOne_keepsNobodyFromStarting_butWhoNeedsIt() throws Exception {
        ShelfDriver.build(drivers, "shelf", "1");
        Files.writeString(Files.createDirectories(drivers.resolve("broken")).resolve("broken.jar"), "no jar");

        try (SidecarProcess without = start(Map.of(), "lucene", "lucene")) {
            assertThat(without.printed()).doesNotContain("broken");
        }
        try (SidecarProcess with = start(Map.of(), "shelf", "lucene")) {
            assertThat(with.printed()).contains(drivers.resolve("broken/broken.jar") + ": ");
        }
        assertThatThrownBy(() -> start(Map.of(), "stone", "lucene"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "collection things: driver: stone (expected: one of crossfade, lucene, pgvector, qdrant in the jar; shelf in "
                                + drivers.resolve("shelf") + "); " + drivers.resolve("broken/broken.jar") + ": ")
                .hasMessageNotContainingAny("\tat ", "Exception");
    }
}
