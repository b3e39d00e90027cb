package io.crossfade.proxy.driver.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.Value;
import java.io.IOException;
import java.util.Map;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.junit.jupiter.api.Test;

final class DocumentCodecTest {
    private static final Map<String, String> PROVENANCE = Map.of("", "a:1");
    private static final Map<String, Value> METADATA = Map.of("n", Value.of(1));

    @Test
    void document_isReadBack() {
        StoredContent document =
                new StoredContent(7, new Stamp(5, PROVENANCE, Map.of("", 3L)), Map.of("", 4L), "text", METADATA);

        assertThat(DocumentCodec.decode(DocumentCodec.encode(document))).isEqualTo(document);
    }

    /** Nothing is known of how its vectors were written. */
    @Test
    void documentOfTheFirstFormat_isRead() throws IOException {
        ByteBuffersDataOutput out = new ByteBuffersDataOutput();
        out.writeByte((byte) 1);
        out.writeVLong(7);
        out.writeLong(5);
        out.writeMapOfStrings(PROVENANCE);
        out.writeVInt(1);
        out.writeString("");
        out.writeLong(4);
        out.writeByte((byte) 0);
        ValueCodec.writeFields(out, METADATA);

        assertThat(DocumentCodec.decode(out.toArrayCopy()))
                .isEqualTo(new StoredContent(7, new Stamp(5, PROVENANCE), Map.of("", 4L), null, METADATA));
    }
}
