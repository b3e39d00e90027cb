package io.crossfade.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.WriteOp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ops listener shows of a migration, and that docs/metrics.md says the same. */
final class OpsPagesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Path REFERENCE = Path.of("..", "..", "docs", "metrics.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `(\\w+)` \\| (\\w+) \\| (.*?) \\| (.*?) \\|$", Pattern.MULTILINE);
    private static final Pattern TYPE = Pattern.compile("^# TYPE (\\w+) (\\w+)$", Pattern.MULTILINE);
    private static final Pattern HELP = Pattern.compile("^# HELP (\\w+) (.*)$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("[{,](\\w+)=\"");

    @TempDir
    private Path directory;

    private Proxy proxy;
    private Collection things;
    private Admin admin;

    @BeforeEach
    void migrate() throws Exception {
        proxy = Proxy.start(config());
        things = proxy.collections().get("things");
        admin = proxy.admins().get("things");
        for (int i = 0; i < 5; i++) {
            write("id-" + i, Embedding.of(i, 0, 1));
        }
        assertThat(things.write(WriteCall.of(upsert("bad", Embedding.of(1, 2))), TIMEOUT))
                .failsWithin(TIMEOUT);
        admin.start(new Admin.StartRequest("things-v2", Map.of(), false, Optional.empty()))
                .get();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> metric("crossfade_backfill_running{collection=\"things\"}") == 0
                        && metric("crossfade_backfill_copied{collection=\"things\"}") == 5
                        && get("/metrics").contains("crossfade_embedder"));
        query();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void metrics_showTheMigration() throws Exception {
        admin.tripBreaker();
        write("late", Embedding.of(9, 9, 9));

        assertThat(metric("crossfade_phase{collection=\"things\",phase=\"mirroring\"}"))
                .isEqualTo(1);
        assertThat(metric("crossfade_phase{collection=\"things\",phase=\"single\"}"))
                .isZero();
        assertThat(metric("crossfade_epoch{collection=\"things\"}")).isEqualTo(2);
        assertThat(metric("crossfade_writes_total{collection=\"things\",follower=\"none\",leader=\"applied\"}"))
                .isEqualTo(5);
        assertThat(metric("crossfade_writes_total{collection=\"things\",follower=\"pending\",leader=\"applied\"}"))
                .isEqualTo(1);
        assertThat(metric("crossfade_failed_calls_total{call=\"write\",collection=\"things\",kind=\"invalid\"}"))
                .isEqualTo(1);
        assertThat(metric("crossfade_write_seconds_count{collection=\"things\"}"))
                .isEqualTo(7);
        assertThat(metric("crossfade_write_seconds_bucket{collection=\"things\",le=\"+Inf\"}"))
                .isEqualTo(7);
        assertThat(metric("crossfade_query_seconds_count{collection=\"things\"}"))
                .isEqualTo(1);
        assertThat(metric("crossfade_mirror_breaker_state{collection=\"things\",state=\"forced_open\"}"))
                .isEqualTo(1);
        assertThat(metric("crossfade_journal_pending_keys{collection=\"things\"}"))
                .isEqualTo(1);
        assertThat(metric("crossfade_journal_oldest_pending_seconds{collection=\"things\"}"))
                .isPositive();
        assertThat(metric("crossfade_data_calls_limit")).isPositive();
    }

    @Test
    void status_tellsTheSame_andWhatBlocksAFlip() throws Exception {
        JsonNode found =
                new ObjectMapper().readTree(get("/status")).get("collections").get(0);

        assertThat(found.get("collection").asText()).isEqualTo("things");
        assertThat(found.get("phase").asText()).isEqualTo("MIRRORING");
        assertThat(found.get("epoch").asLong()).isEqualTo(2);
        assertThat(found.get("backfill").get("copied").asLong()).isEqualTo(5);
        assertThat(found.get("members").get(0).get("breaker").get("state").asText())
                .isEqualTo("CLOSED");
        assertThat(found.get("blockers").findValuesAsText("code")).containsExactly("NOT_VERIFIED");
    }

    @Test
    void reference_listsEveryMetric_withItsTypeLabelsAndMeaning() throws Exception {
        Map<String, String> shown = shown(get("/metrics"));
        Map<String, String> documented = new TreeMap<>();
        ROW.matcher(Files.readString(REFERENCE))
                .results()
                .forEach(row ->
                        documented.put(row.group(1), row.group(2) + " | " + row.group(3) + " | " + row.group(4)));

        Map<String, String> own = shown.entrySet().stream()
                .filter(metric -> metric.getKey().startsWith("crossfade_"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
        assertThat(own).hasSizeGreaterThan(30);
        assertThat(documented).containsAllEntriesOf(own);
        assertThat(shown.keySet()).containsAll(documented.keySet());
    }

    /** Type, labels and meaning by name, as the table has them. */
    private static Map<String, String> shown(String page) {
        Map<String, String> meanings =
                HELP.matcher(page).results().collect(Collectors.toMap(each -> each.group(1), each -> each.group(2)));
        Map<String, String> rows = new TreeMap<>();
        for (MatchResult type : TYPE.matcher(page).results().toList()) {
            String name = type.group(1);
            rows.put(name, type.group(2) + " | " + labels(page, name) + " | " + meanings.get(name));
        }
        return rows;
    }

    private static String labels(String page, String metric) {
        Set<String> labels = new TreeSet<>();
        page.lines()
                .filter(line -> line.matches(metric + "(_bucket|_count|_sum)?\\{.*"))
                .forEach(line -> LABEL.matcher(line).results().forEach(label -> labels.add(label.group(1))));
        labels.remove("le");
        return String.join(", ", labels);
    }

    @Test
    void alertRules_askForMetricsThatExist() throws Exception {
        Matcher rules = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(REFERENCE));
        assertThat(rules.find()).isTrue();
        Set<String> names = shown(get("/metrics")).keySet();

        List<JsonNode> alerts = new YAMLMapper().readTree(rules.group(1)).findValues("expr");

        assertThat(alerts)
                .hasSizeGreaterThan(8)
                .allSatisfy(alert -> assertThat(Pattern.compile("crossfade_\\w+")
                                .matcher(alert.asText())
                                .results()
                                .map(MatchResult::group))
                        .isNotEmpty()
                        .allMatch(name -> names.contains(name.replaceAll("(?<=_seconds)_(bucket|count|sum)$", ""))));
    }

    private void write(String id, Embedding vector) throws Exception {
        things.write(WriteCall.of(upsert(id, vector)), TIMEOUT).get();
    }

    private static WriteOp upsert(String id, Embedding vector) {
        return new WriteOp.Upsert(new Document(
                Key.of(id), "text of " + id, List.of(new NamedVector("", "tiny", vector)), Map.of(), null));
    }

    private void query() throws Exception {
        List<NamedVector> vectors = List.of(new NamedVector("", "tiny", Embedding.of(1, 0, 1)));
        things.query(
                        new QueryCall("", vectors, "", "", "", 3, 0, null, Map.of(), Projection.ALL, Map.of(), ""),
                        TIMEOUT)
                .get();
    }

    private double metric(String series) throws IOException, InterruptedException {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no series " + series));
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.opsPort() + path))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private CrossfadeConfig config() throws IOException {
        Path file = directory.resolve("crossfade.yaml");
        Files.writeString(file, """
                spaces:
                  tiny:
                    model: tiny
                    dimensions: 3
                    metric: l2
                    embedder: {type: openai, url: "http://127.0.0.1:1/v1", model: tiny}
                indexes:
                  things-v1: {driver: memory, vectors: {"": {space: tiny}}}
                  things-v2: {driver: memory, vectors: {"": {space: tiny}}}
                collections:
                  things: {index: things-v1}
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                data_dir: "%s"
                """.formatted(directory.resolve("data")));
        return CrossfadeConfig.load(file);
    }
}
