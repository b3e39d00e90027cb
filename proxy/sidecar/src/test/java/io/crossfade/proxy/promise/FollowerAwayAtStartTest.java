package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Doc;
import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Operator;
import io.crossfade.v1.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar that stops and starts in the middle of a migration whose new index is away all the while. */
final class FollowerAwayAtStartTest {
    private static final int DOCUMENTS = 50;

    @TempDir
    private Path directory;

    private int otherPort;
    private String initial = "things-v1";

    @Test
    void followerAwayAtStart_theSidecarServes_andCatchesUpOnceItIsBack() throws Exception {
        Proxy other = startOther();
        otherPort = other.dataPort();
        try (Proxy sidecar = startSidecar();
                Operator operator = Operator.of(sidecar.adminPort(), "things")) {
            write(sidecar, 0);
            operator.start("things-v2");
            operator.awaitBackfill();
            other.close();
            write(sidecar, 1);
            assertThat(operator.status().getMembers(0).getPendingKeys()).isEqualTo(DOCUMENTS);
        }

        try (Proxy sidecar = startSidecar();
                Operator operator = Operator.of(sidecar.adminPort(), "things")) {
            assertThat(operator.status().getPhase()).isEqualTo(Phase.PHASE_MIRRORING);
            assertThat(operator.status().getMembers(0).getPendingKeys()).isEqualTo(DOCUMENTS);
            write(sidecar, 2);
            try (Proxy back = startOther()) {
                operator.awaitNothingPending();
                operator.verifyClean();
                assertThat(operator.status().getMembers(0).getDirtyRangesList()).isEmpty();
                assertThat(count(back)).isEqualTo(DOCUMENTS);
            }
        }
    }

    /** The old index, which is the primary for the whole migration. */
    @Test
    void followerAwayAfterTheFlip_theSidecarServes_andCatchesUpOnceItIsBack() throws Exception {
        Proxy other = startOther();
        otherPort = other.dataPort();
        initial = "things-v2";
        try (Proxy sidecar = startSidecar();
                Operator operator = Operator.of(sidecar.adminPort(), "things")) {
            write(sidecar, 0);
            operator.moveTo("things-v1");
            other.close();
            write(sidecar, 1);
        }

        try (Proxy sidecar = startSidecar();
                Operator operator = Operator.of(sidecar.adminPort(), "things")) {
            assertThat(operator.status().getPhase()).isEqualTo(Phase.PHASE_REVERSED);
            write(sidecar, 2);
            try (Proxy back = startOther()) {
                operator.awaitNothingPending();
                operator.verifyClean();
                assertThat(count(back)).isEqualTo(DOCUMENTS);
            }
        }
    }

    /** The sidecar's disk is restored from before {@code complete}, while the index that bears the later epoch is away. */
    @Test
    void olderStateIsRestoredWhileTheNewIndexIsAway_nothingIsServedFromItOnceItIsBack() throws Exception {
        Proxy other = startOther();
        otherPort = other.dataPort();
        Path disk = directory.resolve("sidecar");
        try (Proxy sidecar = startSidecar();
                Operator operator = Operator.of(sidecar.adminPort(), "things")) {
            write(sidecar, 0);
            operator.moveTo("things-v2");
        }
        copy(disk, directory.resolve("copy"));
        try (Proxy sidecar = startSidecar();
                Operator operator = Operator.of(sidecar.adminPort(), "things")) {
            operator.complete();
            write(sidecar, 1);
        }
        other.close();
        restore(directory.resolve("copy"), disk);

        try (Proxy sidecar = startSidecar();
                Proxy back = startOther()) {
            assertThat(count(back)).isEqualTo(DOCUMENTS);
            assertThatThrownBy(() -> write(sidecar, 2))
                    .hasMessageContaining("control.dir: epoch")
                    .hasMessageContaining("things-v2 bears");
            assertThatThrownBy(() -> write(sidecar, 2)).hasMessageContaining("restore the control directory");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void restore(Path copy, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(to)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        copy(copy, to);
    }

    private Proxy startOther() throws IOException {
        Path home = Files.createDirectories(directory.resolve("other"));
        return Proxy.start(Configs.load(home, Configs.followed(home.resolve("data"), otherPort)));
    }

    private Proxy startSidecar() throws IOException {
        Path home = Files.createDirectories(directory.resolve("sidecar"));
        return Proxy.start(Configs.load(
                home,
                Configs.following(home.resolve("data"), 0, otherPort, "open_wait: 100ms")
                        .replace("things: {index: things-v1", "things: {index: " + initial)));
    }

    private static void write(Proxy sidecar, int round) {
        try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + sidecar.dataPort())) {
            CrossfadeCollection things = client.collection("things");
            for (int i = 0; i < DOCUMENTS; i++) {
                things.upsert(Doc.of("id-" + i).text("text " + round).vector("tiny", i, round, 1, 2))
                        .requireApplied();
            }
        }
    }

    private static long count(Proxy other) {
        try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + other.dataPort())) {
            return client.collection("target").count();
        }
    }
}
