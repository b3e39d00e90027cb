package io.crossfade.proxy.process;

import io.crossfade.proxy.config.CrossfadeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configurations of small sidecars on free ports. */
public final class Configs {
    private static final String LISTENERS =
            "listeners: {data: \"127.0.0.1:%d\", admin: \"127.0.0.1:0\", ops: \"127.0.0.1:0\"}%n";

    private Configs() {}

    /** A collection {@code things} on {@code things-v1}, and {@code things-v2} to move to; four dimensions, no embedder. */
    public static String embedded(Path data) {
        return embedded(data, 0);
    }

    public static String embedded(Path data, int dataPort) {
        return """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                indexes:
                  things-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  things-v2: {driver: lucene, vectors: {"": {space: tiny}}}
                collections:
                  things: {index: things-v1}
                data_dir: "%s"
                """.formatted(data) + LISTENERS.formatted(dataPort);
    }

    /**
     * As {@link #embedded}, but {@code things-v2} is collection {@code target} of another sidecar.
     *
     * @param breaker settings of the breaker
     */
    public static String following(Path data, int dataPort, int otherDataPort, String breaker) {
        return """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                indexes:
                  things-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  things-v2: {driver: crossfade, address: "127.0.0.1:%d", collection: target, unknown_settle: 1s, vectors: {"": {space: tiny}}}
                collections:
                  things: {index: things-v1, mirror: {breaker: {%s}}, verify: {looks: 50}, identity: {claim: 500ms}}
                data_dir: "%s"
                """.formatted(otherDataPort, breaker, data) + LISTENERS.formatted(dataPort);
    }

    /** The other sidecar: a collection {@code target}. */
    public static String followed(Path data, int dataPort) {
        return """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                indexes:
                  target-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                collections:
                  target: {index: target-v1}
                data_dir: "%s"
                """.formatted(data) + LISTENERS.formatted(dataPort);
    }

    /** Written to a file of this directory, and read back. */
    public static CrossfadeConfig load(Path directory, String yaml) throws IOException {
        Path file = directory.resolve("crossfade.yaml");
        Files.writeString(file, yaml);
        return CrossfadeConfig.load(file);
    }
}
