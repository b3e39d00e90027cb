package io.crossfade.proxy.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration of a sidecar with one collection and two indexes of the same space. */
final class SidecarConfig {
    static final String COLLECTION = "products";
    static final String MIGRATION_INDEX = "products-v2";
    static final String SPACE = "minilm";
    static final int DIMENSIONS = 384;

    private SidecarConfig() {}

    static Path withNoEngines(Path directory) throws IOException {
        return write(directory, "driver: none", "driver: none");
    }

    static Path withEmbeddedIndex(Path directory) throws IOException {
        return write(directory, "driver: lucene", "driver: lucene");
    }

    /**
     * Each sidecar has a control store of its own, so none may take another's collection.
     *
     * @param collection its name there
     */
    static Path withUpstreams(Path directory, String collection, int primary, int migration) throws IOException {
        return write(directory, upstream(collection, primary), upstream(collection, migration));
    }

    private static String upstream(String collection, int port) {
        return "driver: crossfade, address: \"127.0.0.1:" + port + "\", collection: " + collection;
    }

    private static Path write(Path directory, String primary, String migration) throws IOException {
        Files.createDirectories(directory);
        return Files.writeString(directory.resolve("crossfade.yaml"), """
                spaces:
                  %s: {model: all-MiniLM-L6-v2, dimensions: %d, metric: cosine}
                indexes:
                  products-v1: {%s, vectors: {"": {space: %s}}}
                  %s: {%s, vectors: {"": {space: %s}}}
                collections:
                  %s: {index: products-v1}
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                data_dir: "%s"
                """.formatted(
                        SPACE,
                        DIMENSIONS,
                        primary,
                        SPACE,
                        MIGRATION_INDEX,
                        migration,
                        SPACE,
                        COLLECTION,
                        directory.resolve("data")));
    }
}
