package io.crossfade.proxy.config;

import java.nio.file.Path;
import java.util.Map;

/** The configuration of {@code serve --embedded}: one collection, and a second index to migrate it to. */
final class EmbeddedSettings {
    // A space has an embedder only where its model is on the classpath; elsewhere clients send vectors.
    private static final String YAML = """
            spaces:
              minilm:
                model: all-MiniLM-L6-v2
                dimensions: 384
                metric: cosine
                %s
              bge:
                model: bge-small-en-v1.5
                dimensions: 384
                metric: cosine
                query_prefix: "Represent this sentence for searching relevant passages: "
                %s
            indexes:
              documents-v1: {driver: lucene, vectors: {"": {space: minilm}}}
              documents-v2: {driver: lucene, vectors: {"": {space: bge}}}
            collections:
              documents: {index: documents-v1}
            data_dir: ${data_dir}
            """;
    private static final String FREE_PORTS = """
            listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
            """;

    private EmbeddedSettings() {}

    static CrossfadeConfig in(Path dataDir, boolean freePorts) {
        String yaml = YAML.formatted(
                embedder("all-minilm-l6-v2-q", "allminilml6v2q"), embedder("bge-small-en-v15-q", "bgesmallenv15q"));
        return new ConfigReader(Map.of("data_dir", dataDir.toString())).parse(freePorts ? yaml + FREE_PORTS : yaml);
    }

    private static String embedder(String artifact, String modelPackage) {
        boolean present =
                EmbeddedSettings.class.getResource("/dev/langchain4j/model/embedding/onnx/" + modelPackage) != null;
        return present ? "embedder: {type: onnx, artifact: " + artifact + "}" : "";
    }
}
