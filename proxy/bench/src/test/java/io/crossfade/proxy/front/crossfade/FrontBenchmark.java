package io.crossfade.proxy.front.crossfade;

import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Follower;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.wire.Vectors;
import io.crossfade.v1.Document;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.Value;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the front adds to a write of one document of about 3 KiB: 384 dimensions, 1 KiB of text, ten metadata keys. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Benchmark)
public class FrontBenchmark {
    private static final int DIMENSIONS = 384;

    private byte[] bytes = new byte[0];
    private UpsertRequest request = UpsertRequest.getDefaultInstance();
    private List<WriteOp> writes = List.of();
    private Description description = description();

    @Setup
    public void setUp() {
        Random random = new Random(1);
        float[] vector = new float[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        Document.Builder document = Document.newBuilder()
                .setId("document-1")
                .setText("wordnet ".repeat(128))
                .addVectors(Vectors.write("", "minilm", Embedding.of(vector)));
        for (int i = 0; i < 10; i++) {
            document.putMetadata(
                    "key" + i, Value.newBuilder().setStringValue("value " + i).build());
        }
        request = UpsertRequest.newBuilder()
                .setCollection("products")
                .setWriteId("0123456789abcdef")
                .addDocuments(document)
                .build();
        bytes = request.toByteArray();
        writes = RequestReader.upserts(request, () -> description);
        description = description();
    }

    private static Description description() {
        Space space = new Space("minilm", "minilm", "", DIMENSIONS, Space.Metric.COSINE, false, "", "", 0);
        return new Description(
                "products",
                1,
                Phase.SINGLE,
                "v1",
                List.of(new Description.SpaceUse("v1", "", space, true, true, true)),
                List.of(),
                new Description.Limits(1000, 1000, 1 << 20, 1 << 18, 512, 32 << 20, 10_000),
                true,
                EnumSet.allOf(Filter.Operator.class),
                List.of());
    }

    /** To compare with: what any gRPC server does before its handler runs. */
    @Benchmark
    public Object parse() throws Exception {
        return UpsertRequest.parseFrom(bytes);
    }

    @Benchmark
    public Object read() {
        return RequestReader.upserts(request, () -> description);
    }

    @Benchmark
    public void check() {
        Validation.checkWrites(writes, "0123456789abcdef", description);
    }

    @Benchmark
    public Object reply() {
        WriteReply.Result result =
                new WriteReply.Result(writes.get(0).key(), 1, Leader.APPLIED, Follower.APPLIED, "", false);
        return ReplyWriter.write(new WriteReply(List.of(result), 1)).toByteArray();
    }
}
