package io.crossfade.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.wire.Documents.StampParts;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.ListValue;
import io.crossfade.v1.MapValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class RoundTripTest {
    private static final Map<String, String> SPACES = Map.of("", "minilm", "title", "bge");

    private Random random = new Random(0);

    @RepeatedTest(200)
    void whatIsWritten_isReadAsItWas(RepetitionInfo repetition) throws Exception {
        random = new Random(repetition.getCurrentRepetition());
        StoredDocument stored = stored();
        Filter filter = filter(4);
        MetadataPatch patch = new MetadataPatch(metadata(2), List.of(text(), text()), random.nextBoolean());

        byte[] document =
                Documents.write(stored, SPACES, StampParts.WITH_DIGEST).toByteArray();
        assertThat(Documents.readStored(io.crossfade.v1.Document.parseFrom(document)))
                .isEqualTo(stored);
        assertThat(Documents.read(io.crossfade.v1.Document.parseFrom(document)))
                .isEqualTo(new Document(
                        stored.key(),
                        stored.text(),
                        Documents.read(io.crossfade.v1.Document.parseFrom(document))
                                .vectors(),
                        stored.metadata(),
                        stored.stamp()));
        assertThat(Filters.read(
                        io.crossfade.v1.Filter.parseFrom(Filters.write(filter).toByteArray())))
                .isEqualTo(filter);
        assertThat(Documents.read(io.crossfade.v1.MetadataPatch.parseFrom(
                        Documents.write(patch).toByteArray())))
                .isEqualTo(patch);
    }

    @Test
    void vectorNamesItsSpace_andItsBytesAreNotCopied() {
        byte[] bytes = new byte[16];
        ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putFloat(1.5f);
        io.crossfade.v1.NamedVector message = io.crossfade.v1.NamedVector.newBuilder()
                .setField("title")
                .setSpace("bge")
                .setDense(DenseVector.newBuilder().setF32Le(com.google.protobuf.UnsafeByteOperations.unsafeWrap(bytes)))
                .build();

        NamedVector vector = Vectors.read(message);
        assertThat(vector.embedding().get(0)).isEqualTo(1.5f);
        bytes[0] = 1;
        assertThat(vector.embedding().bytes().get(0)).isEqualTo((byte) 1);
        assertThat(Vectors.write(vector)).isEqualTo(message);
    }

    @Test
    void everyIntegerAndDouble_survives() {
        for (long number : new long[] {Long.MIN_VALUE, -1, 0, (1L << 53) + 1, Long.MAX_VALUE}) {
            assertThat(Values.read(Values.write(Value.of(number)))).isEqualTo(Value.of(number));
        }
        for (double number : new double[] {-0.0, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN}) {
            assertThat(Values.read(Values.write(Value.of(number)))).isEqualTo(Value.of(number));
        }
    }

    @Test
    void stampIsWrittenOnlyOnRequest() {
        StoredDocument stored = stored();

        assertThat(Documents.write(stored, SPACES, StampParts.NONE).hasStamp()).isFalse();
        assertThat(Documents.write(stored, SPACES, StampParts.STAMP).getStamp().getContentDigest())
                .isEqualTo(ByteString.EMPTY);
    }

    @Test
    void malformedPart_isNamedWithItsPath() {
        io.crossfade.v1.Value hole = io.crossfade.v1.Value.newBuilder()
                .setListValue(ListValue.newBuilder()
                        .addValues(Values.write(Value.of(1)))
                        .addValues(io.crossfade.v1.Value.newBuilder()
                                .setMapValue(MapValue.newBuilder()
                                        .putFields("name", io.crossfade.v1.Value.getDefaultInstance()))))
                .build();

        ShapeException problem = catchThrowableOfType(
                ShapeException.class,
                () -> Documents.read(io.crossfade.v1.Document.newBuilder()
                        .putMetadata("tags", hole)
                        .build()));

        assertThat(problem.path()).isEqualTo("metadata.tags[1].name");
        assertThat(problem.isCapability()).isFalse();
    }

    private StoredDocument stored() {
        Map<String, Embedding> vectors = new HashMap<>();
        for (String field : SPACES.keySet()) {
            if (random.nextBoolean()) {
                vectors.put(field, embedding());
            }
        }
        Map<String, Value> metadata = metadata(3);
        String text = random.nextBoolean() ? text() : null;
        return new StoredDocument(
                new Key(text(), text()),
                new Stamp(random.nextLong(), Map.of("", "f:" + text()), Map.of("", random.nextLong())),
                text,
                metadata,
                vectors,
                Digest.of(text, metadata, vectors));
    }

    private Embedding embedding() {
        float[] values = new float[1 + random.nextInt(8)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Embedding.of(values);
    }

    private Map<String, Value> metadata(int depth) {
        Map<String, Value> metadata = new HashMap<>();
        times(4, () -> metadata.put(text(), value(depth)));
        return metadata;
    }

    private Value value(int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> new Value.Null();
            case 1 -> Value.of(random.nextBoolean());
            case 2 -> Value.of(random.nextLong());
            case 3 -> Value.of(random.nextGaussian());
            case 4 -> Value.of(text());
            case 5 -> new Value.Items(times(3, () -> value(depth - 1)));
            default -> new Value.Fields(metadata(depth - 1));
        };
    }

    private Filter filter(int depth) {
        return switch (random.nextInt(depth > 0 ? 5 : 2)) {
            case 0 ->
                new Filter.Comparison(
                        text(),
                        Filter.Operator.values()[random.nextInt(Filter.Operator.values().length)],
                        times(3, () -> value(1)));
            case 1 -> new Filter.IdIn(new HashSet<>(times(5, this::text)));
            case 2 -> new Filter.And(times(3, () -> filter(depth - 1)));
            case 3 -> new Filter.Or(times(3, () -> filter(depth - 1)));
            default -> new Filter.Not(filter(depth - 1));
        };
    }

    private String text() {
        return random.ints(random.nextInt(12), 1, 0x2000)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private <T> List<T> times(int most, Supplier<T> make) {
        List<T> made = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            made.add(make.get());
        }
        return made;
    }
}
