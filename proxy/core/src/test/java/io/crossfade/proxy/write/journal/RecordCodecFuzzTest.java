package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.crossfade.proxy.kit.fuzz.Mutations;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Bytes are a record, which then is written as the same bytes, or they are refused as damaged. */
final class RecordCodecFuzzTest {
    @FuzzTest
    void record(byte[] bytes) throws IOException {
        mark(bytes);
        parked(bytes);
    }

    private static void mark(byte[] bytes) throws IOException {
        MarkRecord mark;
        try {
            mark = RecordCodec.decodeMark(bytes);
        } catch (IOException damaged) {
            return;
        }
        assertThat(RecordCodec.encode(mark)).isEqualTo(bytes);
    }

    private static void parked(byte[] bytes) throws IOException {
        ParkedRecord parked;
        try {
            parked = RecordCodec.decodeParked(bytes);
        } catch (IOException damaged) {
            return;
        }
        assertThat(RecordCodec.encode(parked)).isEqualTo(bytes);
    }

    @Test
    void someInputs() throws Exception {
        Mutations.of(getClass(), "record", 2_000, this::record);
    }
}
