package io.crossfade.proxy.driver.qdrant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class QdrantIndexSettingsTest {
    private static final Map<String, Object> LEAST = Map.of("address", "localhost:6334", "collection", "words");

    private final QdrantIndexProvider provider = new QdrantIndexProvider();

    private static IndexDefinition definition(Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(LEAST);
        options.putAll(more);
        return new IndexDefinition("products", "qdrant", IndexFixture.DEFINITION.vectors(), TextSource.OWN, options);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "address | localhost | indexes.products.address: localhost (expected: host:port)",
                "address | localhost:70000 | indexes.products.address: localhost:70000 (expected: host:port)",
                "address | http://localhost:6333 | indexes.products.address: http://localhost:6333 (expected: host:port)",
                "tls | perhaps | indexes.products.tls: perhaps (expected: true or false)",
                "tls_ca | ca.pem | indexes.products.tls_ca: ca.pem (expected: tls: true)",
                "text_key | _cf_v | indexes.products.text_key: _cf_v (expected: a key that does not begin with _cf_ and is not __id__)",
                "text_key | __id__ | indexes.products.text_key: __id__ (expected: a key that does not begin with _cf_ and is not __id__)",
                "open_timeout | 0s | indexes.products.open_timeout: 0 (expected: > 0)",
                "unknown_settle | 0s | indexes.products.unknown_settle: 0 (expected: > 0)",
                "message_bytes | 1000 | indexes.products.message_bytes: 1000 (expected: >= 1048576)",
                "collections | words | indexes.products.collections: unknown (expected: one of",
            })
    void wrongOptions_areNamedWithWhatIsExpected(String option, String value, String message) {
        assertThatThrownBy(() -> provider.check(definition(Map.of(option, value))))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(message);
    }

    @Test
    void namesOfVectorsAndTypesOfPayloadIndexes_areChecked() {
        assertThatThrownBy(() -> provider.check(definition(Map.of("vectors", Map.of("body", Map.of("name", "b"))))))
                .hasMessageContaining("indexes.products.vectors.body: unknown");
        assertThatThrownBy(() -> provider.check(definition(Map.of("payload_indexes", Map.of("price", "number")))))
                .hasMessageContaining("payload_indexes.price: number (expected: one of keyword, integer, float,");
        assertThatThrownBy(() -> provider.check(definition(Map.of("payload_indexes", Map.of("tags[]", "keyword")))))
                .hasMessageContaining("payload_indexes.tags[]: no path");
        provider.check(definition(Map.of(
                "vectors",
                Map.of("title", Map.of("name", "t")),
                "payload_indexes",
                Map.of("metadata.source", "keyword"))));
    }

    @Test
    void apiKey_goesInPlainTextToThisMachineOnly_andIsNeverShown() {
        Map<String, Object> far = Map.of("address", "db.example:6334", "api_key", "s3cr3t-key");
        assertThatThrownBy(() -> provider.check(definition(far)))
                .hasMessageContaining("api_key: in plain text to db.example:6334 (expected: tls: true")
                .hasMessageNotContaining("s3cr3t-key");
        assertThatThrownBy(() -> provider.check(definition(Map.of("api_key", "s3cr3t key"))))
                .hasMessageContaining("api_key: something else (expected: visible ASCII characters)")
                .hasMessageNotContaining("s3cr3t");

        IndexDefinition near = definition(Map.of("api_key", "s3cr3t-key"));
        provider.check(near);
        assertThat(QdrantIndexSettings.of(near).toString()).doesNotContain("s3cr3t");
    }

    @Test
    void place_isOneTextForOneCollection() {
        String place = provider.place(definition(Map.of()), Path.of("/data"));
        assertThat(place).isEqualTo("collection words of localhost:6334");
        assertThat(provider.place(definition(Map.of("address", "127.0.0.1:6334")), Path.of("/data")))
                .isEqualTo(place);
        assertThat(provider.place(definition(Map.of("address", "LOCALHOST:6335")), Path.of("/data")))
                .isNotEqualTo(place);
    }
}
