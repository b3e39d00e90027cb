package io.crossfade.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfade.proxy.assembly.CollectionSettings;
import io.crossfade.proxy.embed.EmbedderSettings;
import io.crossfade.proxy.front.listen.ListenAddress;
import io.crossfade.proxy.front.listen.ListenerSettings;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CrossfadeConfigTest {
    private static final String GOOD = """
            spaces:
              minilm: {model: all-MiniLM-L6-v2, dimensions: 384, metric: cosine, embedder: {type: onnx, artifact: all-minilm-l6-v2-q}}
              bge: {model: bge-small-en-v1.5, dimensions: 384, metric: cosine, query_prefix: "Represent: "}
            indexes:
              products-v1: {driver: pgvector, url: "jdbc:x", id: sku, text: {fields: [title, body]}, vectors: {"": {column: embedding, space: minilm}}}
              products-v2: {driver: qdrant, vectors: {"": {space: bge}}}
            collections:
              products: {index: products-v1, mirror: {ack_wait: 7ms}}
            journal: {max_bytes: 2GiB}
            """;

    @TempDir
    private Path directory;

    @Test
    void goodFile_isReadIntoRecords() throws IOException {
        CrossfadeConfig config = CrossfadeConfig.load(Files.writeString(directory.resolve("crossfade.yaml"), GOOD));
        CollectionSettings products = config.collection("products");
        assertThat(products.mirror().ackWait()).isEqualTo(Duration.ofMillis(7));
        assertThat(products.mirror().deadline()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.journal().maxBytes()).isEqualTo(2L << 30);
        assertThat(config.listeners().data()).isEqualTo(new ListenAddress("127.0.0.1", 7400, ""));
        assertThat(config.journalDir()).isEqualTo(Path.of("/var/lib/crossfade/journal"));
        assertThat(config.embedder("minilm"))
                .isEqualTo(new EmbedderSettings("onnx", Map.of("artifact", "all-minilm-l6-v2-q")));
        assertThat(config.embedder("bge")).isNull();
    }

    @Test
    void index_becomesADefinition_withTheDriversOwnOptions() {
        CrossfadeConfig config = parse(GOOD);
        Space minilm = new Space("minilm", "all-MiniLM-L6-v2", "", 384, Space.Metric.COSINE, true, "", "", 0);
        assertThat(config.index("products-v1"))
                .isEqualTo(new IndexDefinition(
                        "products-v1",
                        "pgvector",
                        Map.of("", minilm),
                        new TextSource(List.of("title", "body"), "\n"),
                        Map.of("url", "jdbc:x", "id", "sku", "vectors", Map.of("", Map.of("column", "embedding")))));
        assertThatThrownBy(() -> config.index("products-v9"))
                .hasMessage("indexes: products-v9 (expected: one of products-v1, products-v2)");
    }

    @ParameterizedTest(name = "{0} -> {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            index: products-v1, mirror | index: products-v9, mirror | collections.products.index: products-v9 (expected: one of products-v1, products-v2)
            space: bge | space: big | indexes.products-v2.vectors."".space: big (expected: one of bge, minilm)
            ack_wait | ack_weight | collections.products.mirror.ack_weight: unknown (expected: one of ack_wait, both_after_flip, breaker, deadline, max_in_flight)
            journal: | jurnal: | jurnal: unknown (expected: one of collections, control, data_dir, indexes, journal, listeners, spaces)
            products-v2: | products-v1: | indexes.products-v1: twice, again in line 6 (expected: once)
            'bge: {' | 'minilm: {' | spaces.minilm: twice, again in line 3 (expected: once)
            7ms | 7 | collections.products.mirror.ack_wait: 7 (expected: a duration like 5ms, 2s, 15m, 1h)
            7ms | -7ms | collections.products.mirror.ack_wait: -7ms (expected: >= 0)
            7ms | [7ms] | collections.products.mirror.ack_wait: [7ms] (expected: a duration)
            ack_wait: 7ms | max_in_flight: 0 | collections.products.mirror.max_in_flight: 0 (expected: >= 1)
            mirror: {ack_wait: 7ms} | limits: {top_k: -5} | collections.products.limits.top_k: -5 (expected: >= 1)
            mirror: {ack_wait: 7ms} | limits: {top_k: many} | collections.products.limits.top_k: many (expected: a whole number)
            mirror: {ack_wait: 7ms} | limits: {text_bytes: 9GiB} | collections.products.limits.text_bytes: 9GiB (expected: a size less than 2GiB)
            mirror: {ack_wait: 7ms} | limits: 3 | collections.products.limits: 3 (expected: a map)
            mirror: {ack_wait: 7ms} | shadow: {share: 1.5} | collections.products.shadow.share: 1.5 (expected: 0.0 to 1.0)
            mirror: {ack_wait: 7ms} | flip: {max_hold: 1m} | collections.products.flip.sealed_limit: 30s (expected: > max_hold, which is 1m)
            mirror: {ack_wait: 7ms} | mirror: {breaker: {min_calls: 200}} | collections.products.mirror.breaker.min_calls: 200 (expected: 1 to 100)
            mirror: {ack_wait: 7ms} | flip: {thresholds: {overlap_at_k: 2}} | collections.products.flip.thresholds.overlap_at_k: 2.0 (expected: 0.0 to 1.0)
            max_bytes: 2GiB | max_bytes: 2 pounds | journal.max_bytes: 2 pounds (expected: a size like 512, 64KiB, 32MiB, 1GiB)
            max_bytes: 2GiB | on_loss: shrug | journal.on_loss: shrug (expected: one of dirty, fail)
            'journal: {max_bytes: 2GiB}' | 'listeners: {data: 7400}' | listeners.data: 7400 (expected: host:port with a port of 0 to 65535, or unix:/PATH)
            'journal: {max_bytes: 2GiB}' | 'listeners: {ops: "unix:/x"}' | listeners.ops: unix:/x (expected: host:port)
            'journal: {max_bytes: 2GiB}' | 'listeners: {admin: "127.0.0.1:7400"}' | listeners.admin: 127.0.0.1:7400 (expected: another port than that of data, 127.0.0.1:7400)
            'journal: {max_bytes: 2GiB}' | 'listeners: {ops: "0.0.0.0:7401"}' | listeners.ops: 0.0.0.0:7401 (expected: another port than that of admin, 127.0.0.1:7401)
            'journal: {max_bytes: 2GiB}' | 'control: {bootstrap: maybe}' | control.bootstrap: maybe (expected: true or false)
            'driver: qdrant, ' | '' | indexes.products-v2.driver: missing (expected: a text)
            'vectors: {"": {space: bge}}' | 'x: y' | 'indexes.products-v2.vectors: none (expected: at least one vector field, such as {"": {space: NAME}})'
            'type: onnx, ' | '' | spaces.minilm.embedder.type: missing (expected: a text)
            metric: cosine, q | metric: cosmic, q | spaces.bge.metric: cosmic (expected: one of cosine, dot, l2)
            '384, metric: cosine, q' | '0, metric: cosine, q' | spaces.bge.dimensions: 0 (expected: 1 to 65536)
            '  products: {' | '  "my products": {' | collections: my products (expected: a name of letters, digits, '.', '_' and '-', at most 64, that begins with a letter or digit)
            url: "jdbc:x" | url: "${NO_SUCH}" | indexes.products-v1.url: ${NO_SUCH} (expected: a variable of the environment)
            url: "jdbc:x" | password_file: /no/such/file | indexes.products-v1.password_file: /no/such/file (expected: a readable text file)
            'collections:' | 'control: &c' | collections: none (expected: at least one)
            """)
    void badFile_isRefused_namingPathValueAndExpectation(String good, String bad, String violation) {
        assertThat(GOOD).contains(good);
        String yaml = GOOD.replace(good, bad == null ? "" : bad);
        assertThat(violationsOf(yaml)).contains(violation);
    }

    @Test
    void everyViolation_isListedAtOnce() {
        String yaml = GOOD.replace(
                        "index: products-v1, mirror: {ack_wait: 7ms}",
                        "index: x, mirror: {ack_wait: a, deadline: 0}, y: z")
                .replace("384, metric: cosine, q", "-1, metric: b, q")
                .replace("2GiB", "1");
        assertThat(violationsOf(yaml))
                .containsExactlyInAnyOrder(
                        "spaces.bge.dimensions: -1 (expected: 1 to 65536)",
                        "spaces.bge.metric: b (expected: one of cosine, dot, l2)",
                        "collections.products.y: unknown (expected: one of backfill, create, flip, identity, index, limits, mirror, reconcile, replay, shadow, verify, write_ids)",
                        "collections.products.index: x (expected: one of products-v1, products-v2)",
                        "collections.products.mirror.ack_wait: a (expected: a duration like 5ms, 2s, 15m, 1h)",
                        "collections.products.mirror.deadline: 0 (expected: > 0)",
                        "journal.max_bytes: 1 (expected: >= 1048576)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''            | configuration: empty (expected: a YAML map)
            just text     | configuration: not a map (expected: a YAML map)
            '[a, b]'      | configuration: not a map (expected: a YAML map)
            'a: {b'       | configuration: not YAML: expected ',' or '}', but got <stream end>, line 1
            'a:\n\tb: 1'  | configuration: not YAML: a tab in line 2 (expected: spaces)
            'a: [1,\n\t2]' | configuration: not YAML: a tab in line 2 (expected: spaces)
            'a: &x 1\nb: *x' | b: *x (expected: a value, aliases are not supported)
            """)
    void fileThatIsNoYamlMap_isRefused(String yaml, String violation) {
        assertThat(violationsOf(yaml.replace("\\n", "\n").replace("\\t", "\t")))
                .anyMatch(each -> each.startsWith(violation));
    }

    @Test
    void environmentAndSecretFiles_arePutIn_andNotShown() throws IOException {
        Path secret = Files.writeString(directory.resolve("key"), "s3cret\n");
        String yaml = GOOD.replace("url: \"jdbc:x\"", "url: \"jdbc:${HOST}/${DB:-search}\", api_key_file: " + secret)
                .replace("7ms", "\"${WAIT}\"");
        CrossfadeConfig config = new ConfigReader(Map.of("HOST", "db", "WAIT", "9ms")).parse(yaml);
        assertThat(config.index("products-v1").options())
                .containsEntry("url", "jdbc:db/search")
                .containsEntry("api_key", "s3cret")
                .doesNotContainKey("api_key_file");
        assertThat(config.collection("products").mirror().ackWait()).isEqualTo(Duration.ofMillis(9));
        assertThat(config.toString()).doesNotContain("s3cret");
    }

    @Test
    void embedded_isReadyToServeAndToMigrate() {
        CrossfadeConfig config = CrossfadeConfig.embedded(directory, false);
        assertThat(config.dataDir()).isEqualTo(directory);
        assertThat(config.collections()).containsOnlyKeys("documents");
        assertThat(config.index("documents-v1").vectors()).containsEntry("", config.space("minilm"));
        assertThat(config.index("documents-v2").vectors()).containsEntry("", config.space("bge"));
        assertThat(config.spaces().values()).extracting(SpaceSettings::embedder).doesNotContainNull();
    }

    @Test
    void embedded_onFreePorts_staysOnThisMachine() {
        ListenerSettings listeners = CrossfadeConfig.embedded(directory, true).listeners();
        assertThat(List.of(listeners.data(), listeners.admin(), listeners.ops()))
                .allSatisfy(address -> assertThat(address).hasToString("127.0.0.1:0"));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:7400", "[::1]:0", "localhost:65535", "unix:/run/crossfade.sock"})
    void listenAddress_isWrittenAsItIsRead(String text) {
        assertThat(ListenAddress.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"7400", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:70000", ":7400", "unix:relative", "unix:"})
    void malformedListenAddress_isRefused(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("host:port with a port of 0 to 65535, or unix:/PATH");
    }

    private static CrossfadeConfig parse(String yaml) {
        return new ConfigReader(Map.of()).parse(yaml);
    }

    private static List<String> violationsOf(String yaml) {
        InvalidSettingsException refused = catchThrowableOfType(InvalidSettingsException.class, () -> parse(yaml));
        assertThat(refused).isNotNull();
        return refused.violations();
    }
}
