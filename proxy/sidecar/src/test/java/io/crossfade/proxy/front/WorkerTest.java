package io.crossfade.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.v1.Document;
import io.crossfade.v1.Include;
import io.crossfade.v1.KeyedVectors;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.UpdateVectorsRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.VectorServiceGrpc.VectorServiceBlockingStub;
import io.crossfade.v1.WriteResult;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that makes vectors of what it scans, over the network, on the embedded index. */
final class WorkerTest {
    private Proxy proxy;
    private ManagedChannel channel;
    private VectorServiceBlockingStub vectors;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("crossfade.yaml");
        Files.writeString(file, """
                spaces:
                  raw: {model: raw-model, dimensions: 4, metric: cosine}
                indexes:
                  products-v1: {driver: lucene, vectors: {"": {space: raw}}}
                collections:
                  products: {index: products-v1}
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                data_dir: "DATA"
                """.replace("DATA", directory.resolve("data").toString()));
        proxy = Proxy.start(CrossfadeConfig.load(file));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", proxy.dataPort())
                .usePlaintext()
                .build();
        vectors = VectorServiceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        proxy.close();
    }

    private void upsert(String text) {
        Document document = Document.newBuilder()
                .setId("1")
                .setText(text)
                .addVectors(Requests.vector("raw", 1, 0, 0, 0))
                .build();
        assertThat(vectors.upsert(UpsertRequest.newBuilder()
                                .setCollection("products")
                                .addDocuments(document)
                                .build())
                        .getResults(0)
                        .getLeader())
                .isEqualTo(WriteResult.Leader.LEADER_APPLIED);
    }

    private Document scanned() {
        return vectors.scan(ScanRequest.newBuilder()
                        .setCollection("products")
                        .setInclude(Include.newBuilder().setDigest(true))
                        .build())
                .next()
                .getDocuments(0);
    }

    private WriteResult update(String madeOf) {
        return vectors.updateVectors(UpdateVectorsRequest.newBuilder()
                        .setCollection("products")
                        .addUpdates(KeyedVectors.newBuilder()
                                .setKey(Requests.key("1"))
                                .addVectors(Requests.vector("raw", 0, 1, 0, 0))
                                .setMadeOf(madeOf))
                        .build())
                .getResults(0);
    }

    @Test
    void vectorsOfAnOlderText_areRefused_andThoseOfWhatStandsAreNot() throws Exception {
        upsert("old");
        Document read = scanned();
        assertThat(read.hasText()).isFalse();
        upsert("new");
        WriteResult refused = update(read.getStamp().getSource());
        assertThat(refused.getLeader()).isEqualTo(WriteResult.Leader.LEADER_NOT_MATCHED);
        assertThat(refused.getError()).startsWith("made_of: " + read.getStamp().getSource());
        byte[] hash = MessageDigest.getInstance("SHA-256").digest("new".getBytes(StandardCharsets.UTF_8));
        String source = "t" + HexFormat.of().formatHex(hash, 0, 8);
        assertThat(scanned().getStamp().getSource()).isEqualTo(source);
        assertThat(update(source).getLeader()).isEqualTo(WriteResult.Leader.LEADER_APPLIED);
    }
}
