package io.crossfade.proxy.demo.process;

import io.crossfade.proxy.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The Crossfade processes of the demo: where they keep things, where they listen, how they are configured.
 *
 * @param folder of everything the demo writes
 * @param sidecar beside the app; holds the primary index, or knows where it is, and embeds for both spaces
 * @param target holds the migration index, and knows nothing of models
 * @param witness shows the primary index once the sidecar has let go of it
 */
public record Layout(Path folder, Node sidecar, Node target, Node witness) {
    /** As the app names it. */
    public static final String COLLECTION = "words";

    public static final String OLD_INDEX = "words-v1";
    public static final String NEW_INDEX = "words-v2";
    public static final String OLD_SPACE = "minilm";
    public static final String NEW_SPACE = "bge";

    private static final String SIDECAR = """
            spaces:
              minilm:
                model: all-MiniLM-L6-v2
                dimensions: 384
                metric: cosine
                embedder: {type: onnx, artifact: all-minilm-l6-v2-q}
              bge:
                model: bge-small-en-v1.5
                dimensions: 384
                metric: cosine
                query_prefix: "Represent this sentence for searching relevant passages: "
                embedder: {type: onnx, artifact: bge-small-en-v15-q}
            indexes:
              words-v1: {%1$s, vectors: {"": {space: minilm}}}
              words-v2: {driver: crossfade, address: "%2$s", collection: words, vectors: {"": {space: bge}}}
            collections:
              words:
                index: words-v1
                mirror: {both_after_flip: true, breaker: {min_calls: 10, open_wait: 2s}}
                identity: {claim: 1s}
            %3$s""";
    private static final String TARGET = """
            spaces:
              bge:
                model: bge-small-en-v1.5
                dimensions: 384
                metric: cosine
                query_prefix: "Represent this sentence for searching relevant passages: "
            indexes:
              words-v2: {driver: lucene, path: "%1$s", vectors: {"": {space: bge}}}
            collections:
              words: {index: words-v2}
            """;
    private static final String WITNESS = """
            spaces:
              minilm: {model: all-MiniLM-L6-v2, dimensions: 384, metric: cosine}
            indexes:
              words-v1: {%1$s, vectors: {"": {space: minilm}}}
            collections:
              words: {index: words-v1}
            %2$s""";
    private static final String BOOTSTRAP = """
            control: {bootstrap: true}
            """;
    private static final String PLACE = """
            listeners: {data: "127.0.0.1:%d", admin: "127.0.0.1:%d", ops: "127.0.0.1:%d"}
            data_dir: "%s"
            """;

    /** One Crossfade process. */
    public record Node(Path config, Path log, String data, String admin) {}

    /**
     * The primary index.
     *
     * @param options of the driver, and which it is
     * @param isThere before there is a sidecar, whose first start has to be told so
     */
    public record OldIndex(String options, boolean isThere) {}

    /** Writes the configurations. */
    public static Layout create(Path folder, Ports ports, OldIndex old) throws IOException {
        Path newIndex = folder.resolve("words-v2");
        Node target = node(folder, "target", ports, TARGET.formatted(newIndex));
        Node sidecar = node(
                folder,
                "sidecar",
                ports,
                SIDECAR.formatted(old.options(), target.data(), old.isThere() ? BOOTSTRAP : ""));
        Node witness = node(folder, "witness", ports, WITNESS.formatted(old.options(), BOOTSTRAP));
        return new Layout(folder, sidecar, target, witness);
    }

    /** All that the process of the migration index has on disk, but for its configuration and log. */
    public List<Path> targetsData() {
        return List.of(folder.resolve("words-v2"), folder.resolve("target"));
    }

    /** What the app records. */
    public Path history() {
        return history(folder);
    }

    /** The same, before there is anything else. */
    public static Path history(Path folder) {
        return folder.resolve("history.jsonl");
    }

    private static Node node(Path folder, String name, Ports ports, String content) throws IOException {
        int data = ports.next();
        int admin = ports.next();
        Path config = folder.resolve(name + ".yaml");
        Files.writeString(config, content + PLACE.formatted(data, admin, ports.next(), folder.resolve(name)));
        return new Node(config, folder.resolve(name + ".log"), "127.0.0.1:" + data, "127.0.0.1:" + admin);
    }
}
