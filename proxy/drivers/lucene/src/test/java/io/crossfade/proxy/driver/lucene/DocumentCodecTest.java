package io.crossfade.proxy.driver.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.Value;
import java.util.Map;
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
}
