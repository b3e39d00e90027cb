package io.crossfade.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.Doc;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Operator;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.RecoverProgress;
import io.crossfade.v1.RecoverRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of an index in the sidecar are deleted while it is down, in the middle of a migration. */
final class LostIndexOnDiskTest {
    private static final int DOCUMENTS = 20;

    @TempDir
    Path directory;

    private Path data() {
        return directory.resolve("data");
    }

    private Proxy start(String more) throws IOException {
        return Proxy.start(Configs.load(directory, Configs.embedded(data()) + more));
    }

    private void moveDocuments() throws IOException {
        try (Proxy proxy = start("");
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort());
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            for (int i = 0; i < DOCUMENTS; i++) {
                client.collection("things")
                        .upsert(Doc.of("d" + i).text("text " + i).vector("tiny", i, 2, 3, 4))
                        .requireApplied();
            }
            operator.moveTo("things-v2");
        }
    }

    private void delete(String index) throws IOException {
        try (var found = Files.find(data(), 4, (path, file) -> path.endsWith(index))) {
            Path lost = found.findFirst().orElseThrow();
            try (var files = Files.walk(lost)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void complete(Operator operator) {
        operator.admin()
                .complete(CompleteRequest.newBuilder().setCollection("things").build());
    }

    private static List<Blocker.Code> doubts(Operator operator) {
        return operator.status().getDoubtsList().stream().map(Blocker::getCode).toList();
    }

    @Test
    void indexThatServesIsGone_theSidecarDoesNotServe_untilItIsToldTo_andThenItComesBackFromTheOther()
            throws Exception {
        moveDocuments();
        delete("things-v2");

        assertThatThrownBy(() -> start(""))
                .hasMessageContaining("things-v2: not there")
                .hasMessageContaining("control.bootstrap");

        try (Proxy proxy = start("control: {bootstrap: true}\n");
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort());
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            assertThat(doubts(operator)).containsExactly(Blocker.Code.CODE_LEADER_LOST);
            assertThat(client.collection("things").count()).isZero();
            assertThatThrownBy(() -> complete(operator)).hasMessageContaining("LEADER_LOST");
            List<RecoverProgress> progress = new ArrayList<>();
            operator.admin()
                    .recover(RecoverRequest.newBuilder().setCollection("things").build(), each -> {
                        progress.add(each);
                        return true;
                    });
            assertThat(progress.get(progress.size() - 1).getDone()).isTrue();
            assertThat(progress.get(progress.size() - 1).getBroughtBack()).isEqualTo(DOCUMENTS);
            assertThat(client.collection("things").count()).isEqualTo(DOCUMENTS);
            operator.await(status ->
                    status.getDoubtsCount() == 1 && status.getDoubts(0).getCode() == Blocker.Code.CODE_NOT_COMPARED);
            assertThat(operator.verify().getClean()).isTrue();
            operator.await(status -> status.getDoubtsCount() == 0);
            complete(operator);
        }
    }

    @Test
    void indexThatFollowsIsGone_nothingIsSentThereUntilItIsAccepted() throws Exception {
        moveDocuments();
        delete("things-v1");
        try (Proxy proxy = start("");
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort());
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            operator.await(status -> status.getDoubtsCount() == 1);
            assertThat(doubts(operator)).containsExactly(Blocker.Code.CODE_INDEX_REPLACED);
            assertThat(client.collection("things").count()).isEqualTo(DOCUMENTS);
            operator.admin().acceptIndex("things", "things-v1", "its disk was replaced");
            operator.await(status ->
                    status.getDoubtsCount() == 1 && status.getDoubts(0).getCode() == Blocker.Code.CODE_NOT_COMPARED);
            operator.repair();
            assertThat(operator.verify().getClean()).isTrue();
            operator.await(status -> status.getDoubtsCount() == 0);
            operator.rollback();
            assertThat(client.collection("things").count()).isEqualTo(DOCUMENTS);
        }
    }
}
