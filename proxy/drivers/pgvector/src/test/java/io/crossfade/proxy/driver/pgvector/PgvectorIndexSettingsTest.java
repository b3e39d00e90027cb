package io.crossfade.proxy.driver.pgvector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.model.TextSource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PgvectorIndexSettingsTest {
    private static final PgvectorIndexProvider PROVIDER = new PgvectorIndexProvider();

    private static IndexDefinition definition(Map<String, Object> options) {
        return new IndexDefinition("products", "pgvector", Map.of("", IndexFixture.COSINE), TextSource.OWN, options);
    }

    private static IndexDefinition with(String option, Object value) {
        Map<String, Object> options = new HashMap<>(Map.of("database", "search", option, value));
        return definition(options);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "port; 0; indexes.products.port: 0 (expected: 1 to 65535)",
                "tls; maybe; indexes.products.tls: maybe (expected: one of disable, prefer, require, verify_ca, verify_full)",
                "tls; verify_full; indexes.products.ca_file: missing (expected: a file, for tls verify_full)",
                "cert_file; a; indexes.products.cert_file: alone (expected: cert_file and key_file, or none of the two)",
                "m; 1; indexes.products.m: 1 (expected: 2 to 100)",
                "m; 40; indexes.products.ef_construction: 64 (expected: >= 2 * m, which is 80)",
                "ef; 1001; indexes.products.ef: 1001 (expected: 1 to 1000)",
                "pool_size; 0; indexes.products.pool_size: 0 (expected: 1 to 1000)",
                "write_timeout; 10ms; indexes.products.write_timeout: 10ms (expected: 250ms to 1h)",
                "url; jdbc:postgresql://db/x; indexes.products.url: beside database (expected: one of the two)",
                "filter_index; maybe; indexes.products.filter_index: maybe (expected: true or false)",
                "id; ''; indexes.products.id: empty (expected: a name of 1 to 63 bytes)",
                "tabel; x; indexes.products.tabel: unknown",
            })
    void whatIsWrong_isSaidByName(String option, String value, String message) {
        assertThatThrownBy(() -> PROVIDER.check(with(option, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void neitherUrlNorDatabase_isRefused() {
        assertThatThrownBy(() -> PROVIDER.check(definition(Map.of())))
                .hasMessageContaining("indexes.products.url: missing (expected: one of the two)");
    }

    @Test
    void columnOfAFieldThatThereIsNot_isRefused() {
        assertThatThrownBy(() -> PROVIDER.check(with("vectors", Map.of("title", Map.of("column", "t")))))
                .hasMessageContaining("indexes.products.vectors: \"title\"");
    }

    /** A URL is shown in messages, and is what two indexes are told apart by. */
    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db/x?password=hunter2",
        "jdbc:postgresql://db/x?user=u&sslmode=require",
        "jdbc:postgresql://u:hunter2@db/x"
    })
    void secretInTheUrl_isRefusedAndNotShown(String url) {
        assertThatThrownBy(() -> PROVIDER.check(definition(Map.of("url", url))))
                .hasMessageContaining("indexes.products.url")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void password_isNotShown() {
        IndexDefinition definition = with("password", "hunter2");

        assertThat(PgvectorIndexSettings.of(definition).toString()).doesNotContain("hunter2");
        assertThat(PROVIDER.place(definition, Path.of("/"))).doesNotContain("hunter2");
        assertThat(definition.toString()).doesNotContain("hunter2");
    }

    @Test
    void place_isTheSameHoweverItIsSpelt_andAnotherForOtherRows() {
        String place = PROVIDER.place(with("host", "DB"), Path.of("/"));

        assertThat(place).isEqualTo("table public.products of db:5432/search");
        assertThat(PROVIDER.place(definition(Map.of("url", "jdbc:postgresql://db/search")), Path.of("/a")))
                .isEqualTo(place);
        assertThat(PROVIDER.place(
                        definition(Map.of("url", "jdbc:postgresql://db:5432/search?tcpKeepAlive=true")), Path.of("/")))
                .isEqualTo(place);
        assertThat(PROVIDER.place(
                        definition(Map.of("database", "search", "host", "db", "fixed", Map.of("tenant", 7))),
                        Path.of("/")))
                .isEqualTo("table public.products where {tenant=7} of db:5432/search");
    }
}
