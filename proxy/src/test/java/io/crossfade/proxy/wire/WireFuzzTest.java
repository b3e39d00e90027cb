package io.crossfade.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.crossfade.proxy.fuzz.Mutations;
import io.crossfade.v1.Document;
import io.crossfade.v1.Filter;
import io.crossfade.v1.MetadataPatch;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.Value;
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
        readOnly(bytes, Document.parser(), Documents::read);
        readOnly(bytes, Document.parser(), Documents::readStored);
    }

    private static <P extends Message, M> void throughModel(
            byte[] bytes, Parser<P> parser, Function<P, M> read, Function<M, P> write) {
        M first = readOnly(bytes, parser, read);
        if (first != null) {
            assertThat(read.apply(write.apply(first))).isEqualTo(first);
        }
    }

    private static <P extends Message, M> @Nullable M readOnly(byte[] bytes, Parser<P> parser, Function<P, M> read) {
        try {
            return read.apply(parser.parseFrom(bytes));
        } catch (InvalidProtocolBufferException noMessage) {
            return null;
        } catch (ShapeException refused) {
            assertThat(refused.getMessage()).endsWith(refused.problem());
            return null;
        }
    }

    @Test
    void someInputs() throws Exception {
        Mutations.of(getClass(), "message", 2_000, this::message);
    }
}
