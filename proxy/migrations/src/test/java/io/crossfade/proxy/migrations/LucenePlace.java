package io.crossfade.proxy.migrations;

import io.crossfade.client.Connection;
import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Doc;
import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.check.Inspector;
import io.crossfade.proxy.demo.existing.Existing;
import io.crossfade.proxy.process.SidecarProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An embedded index. Its engine is the sidecar that has it, so what writes and reads it here is another sidecar, before and
 * after the one of the migration; and it has no outages of its own.
 */
public final class LucenePlace implements Place {
    private static final int BATCH = 100;

    private final Path folder;
    private final Space embedded;

    public LucenePlace(Path folder, Space embedded) {
        this.folder = folder;
        this.embedded = embedded;
    }

    @Override
    public String options() {
        return "driver: lucene, path: \"" + folder.resolve("index") + "\"";
    }

    private SidecarProcess serve() throws IOException {
        String config = """
                spaces:
                  %s
                indexes:
                  words-v1: {%s, vectors: {"": {space: %s}}}
                collections:
                  words: {index: words-v1}
                control: {bootstrap: true}
                data_dir: "%s"
                """.formatted(embedded.withoutEmbedder(), options(), embedded.name(), folder.resolve("data"));
        return SidecarProcess.start(
                folder,
                port -> config + "listeners: {data: \"127.0.0.1:0\", admin: \"127.0.0.1:0\", ops: \"127.0.0.1:0\"}\n");
    }

    @Override
    public void fill(List<Existing> existing) throws Exception {
        try (SidecarProcess sidecar = serve();
                CrossfadeClient client = sidecar.client()) {
            CrossfadeCollection words = client.collection("words");
            for (int from = 0; from < existing.size(); from += BATCH) {
                List<Doc> batch = existing.subList(from, Math.min(existing.size(), from + BATCH)).stream()
                        .map(this::doc)
                        .toList();
                words.upsert(batch).requireApplied();
            }
        }
    }

    private Doc doc(Existing each) {
        return Doc.of(each.id())
                .text(each.entry().text())
                .metadata(each.entry().metadata())
                .vector(embedded.name(), each.vector());
    }

    @Override
    public Index look(String name, boolean serves, String space) throws IOException {
        try (SidecarProcess sidecar = serve();
                Connection connection = Connection.to("127.0.0.1:" + sidecar.dataPort())) {
            return Inspector.read(connection, "words", name, serves, space, false);
        }
    }

    @Override
    public long stamped() {
        return 0; // nobody else reads it
    }

    @Override
    public void close() {}
}
