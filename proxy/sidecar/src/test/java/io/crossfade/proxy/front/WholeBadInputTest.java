package io.crossfade.proxy.front;

import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.process.EmbeddingServer;
import io.crossfade.proxy.process.Operator;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.VectorServiceGrpc.VectorServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Over a whole sidecar on the embedded index, its collections flipped from space minilm to space bge. */
@TestInstance(Lifecycle.PER_CLASS)
final class WholeBadInputTest extends BadInputTable {
    private EmbeddingServer embeddings;
    private Proxy proxy;
    private ManagedChannel channel;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        embeddings = new EmbeddingServer();
        proxy = Proxy.start(config(directory, embeddings.url()));
        for (String collection : List.of("products", "raw", "views")) {
            try (Operator operator = Operator.of(proxy.adminPort(), collection)) {
                operator.moveTo(collection + "-v2");
            }
        }
        channel = NettyChannelBuilder.forAddress("127.0.0.1", proxy.dataPort())
                .usePlaintext()
                .build();
    }

    @AfterAll
    void stop() {
        channel.shutdownNow();
        proxy.close();
        embeddings.close();
    }

    @Override
    VectorServiceBlockingStub vectors() {
        return VectorServiceGrpc.newBlockingStub(channel);
    }

    @Override
    void endEpoch() {
        try (Operator operator = Operator.of(proxy.adminPort(), "products")) {
            operator.rollback();
            operator.flip();
        }
    }

    private static CrossfadeConfig config(Path directory, String url) throws Exception {
        Path file = directory.resolve("crossfade.yaml");
        Files.writeString(file, """
                spaces:
                  minilm: {model: minilm-model, dimensions: 4, metric: cosine, embedder: {type: openai, url: "URL"}}
                  bge: {model: bge-model, dimensions: 4, metric: cosine, embedder: {type: openai, url: "URL"}}
                  raw-minilm: {model: minilm-model, dimensions: 4, metric: cosine}
                  raw-bge: {model: bge-model, dimensions: 4, metric: cosine}
                  idle: {model: idle-model, dimensions: 4, metric: cosine}
                indexes:
                  products-v1: {driver: lucene, vectors: {"": {space: minilm}}}
                  products-v2: {driver: lucene, vectors: {"": {space: bge}}}
                  raw-v1: {driver: lucene, vectors: {"": {space: raw-minilm}}}
                  raw-v2: {driver: lucene, vectors: {"": {space: raw-bge}}}
                  views-v1: {driver: lucene, text: {fields: [title, body]}, vectors: {"": {space: minilm}}}
                  views-v2: {driver: lucene, text: {fields: [title, body]}, vectors: {"": {space: bge}}}
                collections:
                  products: {index: products-v1, limits: LIMITS}
                  raw: {index: raw-v1, limits: LIMITS}
                  views: {index: views-v1, limits: LIMITS}
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0", message_bytes: 4MiB}
                data_dir: "DATA"
                """.replace("URL", url)
                .replace("LIMITS", "{text_bytes: 64KiB, metadata_bytes: 4KiB, max_matched: 10}")
                .replace("DATA", directory.resolve("data").toString()));
        return CrossfadeConfig.load(file);
    }
}
