package io.crossfade.proxy.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.util.JsonFormat;
import io.crossfade.proxy.kit.fuzz.Mutations;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.Document;
import io.crossfade.v1.Filter;
import io.crossfade.v1.MetadataPatch;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever is a message is read into the model, and comes back the same, or is refused with its place. */
final class WireFuzzTest {
    @FuzzTest
    void message(byte[] bytes) {
        throughModel(bytes, Filter.parser(), Filters::read, Filters::write);
        throughModel(bytes, Value.parser(), Values::read, Values::write);
        throughModel(bytes, NamedVector.parser(), Vectors::read, Vectors::write);
        throughModel(bytes, MetadataPatch.parser(), Documents::read, Documents::write);
        documents(bytes);
    }

    /** As a client sends one, and as an index answers one. */
    private static void documents(byte[] bytes) {
        Document message = parse(bytes, Document.parser());
        io.crossfade.proxy.model.Document sent = readOnly(bytes, Document.parser(), Documents::read);
        if (message != null && sent != null) {
            assertThat(sent.key().id()).isEqualTo(message.getId());
            assertThat(sent.key().namespace()).isEqualTo(message.getNamespace());
            assertThat(sent.text()).isEqualTo(message.hasText() ? message.getText() : null);
            assertThat(sent.vectors()).hasSize(message.getVectorsCount());
            assertThat(sent.metadata()).hasSize(message.getMetadataCount());
            message.getMetadataMap()
                    .forEach((key, value) -> assertThat(sent.metadata()).containsEntry(key, Values.read(value)));
            assertThat(sent.stamp() == null).isEqualTo(!message.hasStamp());
        }
        StoredDocument stored = readOnly(bytes, Document.parser(), Documents::readStored);
        if (stored != null) {
            Document written = Documents.write(stored, Map.of(), Documents.StampParts.WITH_DIGEST);
            assertThat(Documents.readStored(written)).isEqualTo(stored);
        }
    }

    /** What the model holds is all that the message says, and the other way round. */
    private static <P extends Message, M> void throughModel(
            byte[] bytes, Parser<P> parser, Function<P, M> read, Function<M, P> write) {
        M first = readOnly(bytes, parser, read);
        if (first != null) {
            P written = write.apply(first);
            assertThat(read.apply(written)).isEqualTo(first);
            String said = canonical(parse(bytes, parser));
            if (!said.contains("\"idIn\"")) { // a set: its order is not kept
                assertThat(canonical(written)).isEqualTo(said);
            }
        }
    }

    /** As JSON, which leaves out fields that only a later version knows. Two ways to say one vector, or null, count as one. */
    private static String canonical(@Nullable Message message) {
        Message shown = requireNonNull(message);
        if (shown instanceof NamedVector vector && vector.getDense().hasFloats()) {
            List<Float> floats = vector.getDense().getFloats().getValuesList();
            ByteBuffer bytes = ByteBuffer.allocate(floats.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            floats.forEach(bytes::putFloat);
            ByteString packed = ByteString.copyFrom(bytes.flip());
            shown = vector.toBuilder()
                    .setDense(DenseVector.newBuilder().setF32Le(packed))
                    .build();
        }
        try {
            String json = JsonFormat.printer().sortingMapKeys().print(shown);
            return json.replaceAll("\"nullValue\": -?\\d+", "\"nullValue\": \"NULL_VALUE\"");
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message has a JSON form", e);
        }
    }

    private static <P extends Message> @Nullable P parse(byte[] bytes, Parser<P> parser) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException noMessage) {
            return null;
        }
    }

    private static <P extends Message, M> @Nullable M readOnly(byte[] bytes, Parser<P> parser, Function<P, M> read) {
        P message = parse(bytes, parser);
        try {
            return message == null ? null : read.apply(message);
        } catch (ShapeException refused) {
            assertThat(refused.getMessage())
                    .isEqualTo(
                            refused.path().isEmpty() ? refused.problem() : refused.path() + ": " + refused.problem());
            assertThat(refused.problem()).contains("(expected: ");
            return null;
        }
    }

    @Test
    void someInputs() throws Exception {
        Mutations.of(getClass(), "message", 2_000, this::message);
    }
}
