package io.crossfade.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.TextFormat;
import io.crossfade.proxy.process.EmbeddingServer;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.VerifyProgress;
import io.crossfade.v1.WaiveParkedRequest;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CliTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ServerStarter starter = (config, plugins) -> {
        throw new IllegalStateException("must not start");
    };
    private ScriptedAdmin server;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedAdmin();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void status_isATableForPeople() {
        assertThat(admin("status", "words")).isZero();
        assertThat(out.toString())
                .contains("MIRRORING (epoch 3)")
                .contains("250 of 1,000, 125/s, 6.0 s to go")
                .containsPattern("MEMBER +EPOCH +PENDING")
                .containsPattern("sidecar-1 +3 +12")
                .contains("nothing stands in the way of a flip")
                .doesNotContain("PHASE_", "STATE_");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            state: STATE_RUNNING copied: 250 | 250 of -, -/s, - to go
            state: STATE_RUNNING copied: 250 total: 1000 | [#####---------------] 250 of 1,000, -/s, - to go
            state: STATE_RUNNING copied: 250 total: 1000 documents_per_second: 0 | [#####---------------] 250 of 1,000, 0.0/s, - to go
            state: STATE_RUNNING copied: 1120 total: 1000 documents_per_second: 9 | 1,120 (1,000 when it began), 9.0/s, - to go
            state: STATE_PAUSED | paused at 0 of -
            state: STATE_PAUSED copied: 250 total: 1000 | paused at 250 of 1,000
            state: STATE_DONE copied: 1120 total: 1000 | done, 1,120 (1,000 when it began)
            state: STATE_DONE copied: 980 total: 1000 | done, 980 (1,000 when it began)
            state: STATE_DONE copied: 1000 total: 1000 | done, 1,000 of 1,000
            state: STATE_DONE copied: 7 | done, 7
            """)
    void status_saysOnlyWhatIsKnown(String backfill, String text) throws IOException {
        server.status = ScriptedAdmin.COPYING.toBuilder()
                .setBackfill(TextFormat.parse(backfill, BackfillStatus.class))
                .build();

        assertThat(admin("status", "words")).isZero();
        assertThat(out.toString()).containsPattern("(?m)^backfill +" + Pattern.quote(text) + "$");
    }

    @Test
    void statusJson_isTheWholeMessage() throws IOException {
        assertThat(admin("status", "words", "--json")).isZero();

        JsonNode json = new JsonMapper().readTree(out.toString());
        assertThat(json.get("phase").asText()).isEqualTo("MIRRORING");
        assertThat(json.at("/backfill/copied").asLong()).isEqualTo(250);
        assertThat(json.at("/members/0/parked").asLong()).isZero();
    }

    @Test
    void statusJson_hasTheShortNamesOfTheTables() {
        assertThat(admin("status", "words", "--json")).isZero();
        assertThat(out.toString())
                .containsPattern("\"phase\" *: *\"MIRRORING\"")
                .containsPattern("\"state\" *: *\"CLOSED\"")
                .doesNotContain("PHASE_", "STATE_");
    }

    @Test
    void start_takesTheShortNamesOfModes() {
        assertThat(admin("start", "words", "words-v2", "--mode", "title=carry", "--mode", "body=EMBED"))
                .isZero();
        assertThat(server.requests)
                .containsExactly(StartMigrationRequest.newBuilder()
                        .setCollection("words")
                        .setToIndex("words-v2")
                        .putModes("title", StartMigrationRequest.Mode.MODE_CARRY)
                        .putModes("body", StartMigrationRequest.Mode.MODE_EMBED)
                        .build());
    }

    @Test
    void pending_saysWhatReplayWaitsFor() {
        assertThat(admin("pending", "words")).isZero();
        assertThat(out.toString())
                .containsPattern("a +.* WRITE, running\\R")
                .containsPattern("b +.* RECONCILE, a request without an answer may land for another 2\\.5 s\\R")
                .containsPattern("c +.* RECONCILE\\R");
    }

    @Test
    void watchUntilBackfilled_endsWhenItIs() {
        assertThat(admin("watch", "words", "--until", "backfilled")).isZero();
        assertThat(out.toString()).contains("done, 1,000 of 1,000");
    }

    @Test
    void watchJson_printsOneObjectPerLine() throws IOException {
        assertThat(admin("watch", "words", "--until=backfilled", "--json")).isZero();

        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(new JsonMapper().readTree(lines.get(1)).at("/backfill/state").asText())
                .isEqualTo("DONE");
    }

    @Test
    void flip_saysWhatItDid() {
        assertThat(admin("flip", "words", "--expected-epoch", "6", "--reason", "monday"))
                .isZero();
        assertThat(out.toString())
                .isEqualToNormalizingNewlines("words: REVERSED (epoch 7) in 210 ms, writes held for 0 ms\n");
        assertThat(server.requests)
                .containsExactly(FlipRouteRequest.newBuilder()
                        .setCollection("words")
                        .setExpectedEpoch(6)
                        .setReason("monday")
                        .build());
    }

    @Test
    void flipBlocked_saysEachBlockerOnce() {
        server.refusal = "BACKFILL_INCOMPLETE: 250 of 1000 copied";
        server.willAnswerFlip(Status.Code.FAILED_PRECONDITION);

        assertThat(admin("flip", "words")).isEqualTo(ExitCode.BLOCKED);
        assertThat(err.toString())
                .isEqualToNormalizingNewlines(
                        "crossfade: FAILED_PRECONDITION:\n  BACKFILL_INCOMPLETE: 250 of 1000 copied\n");
    }

    /** Details are cut so that they fit into headers; the message may say more. */
    @Test
    void flipBlocked_saysWhatTheDetailsLeaveOut() {
        server.refusal = "PARKED: 3 documents; BACKFILL_INCOMPLETE: 250 of 1000 copied; and 2 more";
        server.willAnswerFlip(Status.Code.FAILED_PRECONDITION);

        assertThat(admin("flip", "words")).isEqualTo(ExitCode.BLOCKED);
        assertThat(err.toString())
                .isEqualToNormalizingNewlines("crossfade: FAILED_PRECONDITION: PARKED: 3 documents; and 2 more\n"
                        + "  BACKFILL_INCOMPLETE: 250 of 1000 copied\n");
    }

    @Test
    void flipBlocked_listsBlockers() {
        server.willAnswerFlip(Status.Code.FAILED_PRECONDITION);

        assertThat(admin("flip", "words")).isEqualTo(ExitCode.BLOCKED);
        assertThat(err.toString())
                .contains("flip refused")
                .contains("  BACKFILL_INCOMPLETE: 250 of 1000 copied")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource({"ABORTED,5", "FAILED_PRECONDITION,3", "INVALID_ARGUMENT,2", "UNAVAILABLE,4", "INTERNAL,1"})
    void refusal_decidesExitCode(Status.Code code, int exitCode) {
        server.willAnswerFlip(code);

        assertThat(admin("flip", "words")).isEqualTo(exitCode);
    }

    @Test
    void verifyClean_isDone() {
        server.willVerify(VerifyProgress.newBuilder()
                .setCompared(10)
                .setTotal(10)
                .setDone(true)
                .setClean(true)
                .build());

        assertThat(admin("verify", "words")).isZero();
        assertThat(out.toString()).contains("clean: both indexes hold the same");
    }

    @Test
    void verifyOfMoreThanWereCounted_doesNotSayOfHowMany() {
        server.willVerify(VerifyProgress.newBuilder().setCompared(1_120).build());

        assertThat(admin("verify", "words")).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).contains("1,120 of - compared");
    }

    @Test
    void verifyNotClean_failed() {
        server.willVerify(VerifyProgress.newBuilder()
                .setCompared(10)
                .setTotal(10)
                .setDifferent(1)
                .setDone(true)
                .build());

        assertThat(admin("verify", "words")).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).contains("1 different").contains("not clean");
    }

    @Test
    void waive_takesIdAndVersion() {
        assertThat(admin("waive-parked", "words", "a@b@18446744073709551615")).isZero();

        WaiveParkedRequest request = (WaiveParkedRequest) server.requests.get(0);
        assertThat(request.getDocuments(0).getKey().getId()).isEqualTo("a@b");
        assertThat(request.getDocuments(0).getVersion()).isEqualTo(-1);
    }

    @Test
    void waiveWithoutVersion_isAUsageError() {
        assertThat(admin("waive-parked", "words", "a")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("ID: a (expected: ID@VERSION");
    }

    @Test
    void breaker_hasItsOwnVerbs() {
        assertThat(admin("breaker", "get", "words")).isZero();
        assertThat(out.toString()).startsWith("OPEN: 100 % failed");
    }

    @Test
    void unknownCollection_namedAsUsageError() {
        assertThat(admin("status", "sentences")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("sentences (expected: words)");
    }

    @Test
    void nobodyThere_unreachable() {
        String address = server.address();
        server.close();

        assertThat(run("admin", "status", "words", "--address", address, "--timeout", "5"))
                .isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void verbose_showsWhereErrorsComeFrom() {
        assertThat(run("admin", "status", "sentences", "--address", server.address(), "--verbose"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("\tat io.crossfade");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "admin",
                "admin flip",
                "serve",
                "serve --config a --embedded",
                "serve --config a --free-ports",
                "nonsense",
                "config check"
            })
    void incompleteCommand_isAUsageError(String line) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "admin --help",
                "admin start --help",
                "admin breaker trip --help",
                "demo --help",
                "--version"
            })
    void help_isDone(String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(out.toString()).isNotBlank();
    }

    @Test
    void help_documentsExitCodes() {
        run("--help");

        assertThat(out.toString())
                .contains("Exit codes:")
                .containsPattern("3 +blocked")
                .doesNotContain("demo-app");
    }

    @Test
    void configCheck_listsAllThatIsWrong(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.yaml"), "colections: {}\nlisteners: {data: nowhere}\n");

        assertThat(run("config", "check", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("colections")
                .contains("listeners.data")
                .doesNotContain("\tat ");
    }

    @Test
    void configCheck_missingFile(@TempDir Path folder) {
        assertThat(run("config", "check", folder.resolve("none.yaml").toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("none.yaml: not there");
    }

    @Test
    void configCheck_good(@TempDir Path folder) throws IOException {
        String yaml = """
                spaces: {minilm: {model: m, dimensions: 4, metric: cosine}}
                indexes: {words-v1: {driver: memory, vectors: {"": {space: minilm}}}}
                collections: {words: {index: words-v1}}
                """;
        Path file = Files.writeString(folder.resolve("good.yaml"), yaml);

        assertThat(run("config", "check", file.toString())).isZero();
        assertThat(out.toString()).contains("ok: 1 collections, 1 indexes, 1 spaces");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config check", "serve --config", "serve --once --config"})
    void directoryAsTheFile_isToldAsAnyOtherMistake(String command, @TempDir Path folder) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.add(folder.toString());

        assertThat(run(arguments.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).isEqualTo("crossfade: " + folder + ": a directory (expected: a YAML file)\n");
    }

    /** Mistakes of the file, of a nested section beside another, of a driver, an embedder and a place: each by itself. */
    @Test
    void configCheck_listsAllMistakesAtOnce(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.yaml"), """
                spaces:
                  minilm: {model: m, dimensions: 4, metric: cosine, embedder: {type: openai, url: nowhere}}
                indexes:
                  words-v1: {driver: lucene, ef: 0, vectors: {"": {space: minilm}}}
                  words-v2: {driver: crossfade, address: nonsense, collection: words, vectors: {"": {space: minilm}}}
                collections:
                  letters: {index: words-v1}
                  words: {index: words-v1, mirror: {max_in_flight: 0, breaker: {min_calls: 200}}, colour: red}
                listeners: {data: "127.0.0.1:7400", admin: "localhost:7400"}
                control: {size: 3}
                """);

        assertThat(run("config", "check", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString().lines())
                .map(line -> line.replaceAll(" \\(expected:.*", ""))
                .containsExactlyInAnyOrder(
                        "crossfade: collections.words.colour: unknown",
                        "crossfade: collections.words.mirror.breaker.min_calls: 200",
                        "crossfade: collections.words.mirror.max_in_flight: 0",
                        "crossfade: listeners.admin: localhost:7400",
                        "crossfade: indexes.words-v1.ef: 0",
                        "crossfade: indexes.words-v2.address: nonsense",
                        "crossfade: spaces.minilm.embedder.url: nowhere",
                        "crossfade: control.size: unknown",
                        "crossfade: collections.words.index: words-v1: the same index as that of collection letters");
    }

    /** What no check of the file alone can see. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config check | 2
            serve --once --config | 2
            """)
    void modelOfOtherDimensions_isFoundOutByTrying(String command, int code, @TempDir Path folder) throws IOException {
        try (EmbeddingServer embeddings = new EmbeddingServer()) {
            Path file = Files.writeString(folder.resolve("config.yaml"), """
                    spaces: {minilm: {model: m, dimensions: 8, metric: cosine, embedder: {type: openai, url: "%s"}}}
                    indexes: {words-v1: {driver: memory, vectors: {"": {space: minilm}}}}
                    collections: {words: {index: words-v1}}
                    data_dir: "%s"
                    """.formatted(embeddings.url(), folder));
            List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
            arguments.add(file.toString());

            assertThat(run(arguments.toArray(String[]::new))).isEqualTo(code);
            assertThat(err.toString())
                    .isEqualTo("crossfade: spaces.minilm.embedder: embedder of space minilm: 4 dimensions"
                            + " (expected: 8)\n");
        }
    }

    @Test
    void embeddingServerThatIsAway_isNothingAgainstTheConfiguration(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("config.yaml"), """
                spaces:
                  minilm: {model: m, dimensions: 8, metric: cosine, embedder: {type: openai, attempts: 1, url: "http://127.0.0.1:1/v1"}}
                indexes: {words-v1: {driver: memory, vectors: {"": {space: minilm}}}}
                collections: {words: {index: words-v1}}
                data_dir: "%s"
                """.formatted(folder));

        assertThat(run("config", "check", file.toString())).isZero();
        assertThat(err.toString()).startsWith("crossfade: not tried: spaces.minilm.embedder: ");
        assertThat(out.toString()).contains("ok: 1 collections");
    }

    @Test
    void dataDirectoryThatIsAFile_isFoundOutByTrying(@TempDir Path folder) throws IOException {
        Path taken = Files.writeString(folder.resolve("data"), "not a directory");
        Path file = Files.writeString(folder.resolve("config.yaml"), """
                spaces: {minilm: {model: m, dimensions: 8, metric: cosine}}
                indexes: {words-v1: {driver: memory, vectors: {"": {space: minilm}}}}
                collections: {words: {index: words-v1}}
                data_dir: "%s"
                """.formatted(taken));

        assertThat(run("config", "check", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .isEqualTo("crossfade: data_dir: " + taken
                        + ": cannot be written (expected: a directory this process can write)\n");
    }

    @Test
    void serveBadConfig_startsNothing(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("bad.yaml"), "collections: {}\n");

        assertThat(run("serve", "--config", file.toString())).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void configCheck_letsEachDriverCheckItsOptions(@TempDir Path folder) throws IOException {
        String yaml = """
                spaces: {minilm: {model: m, dimensions: 4, metric: cosine}}
                indexes:
                  words-v1: {driver: lucene, ef: 0, sync: perhaps, shards: 3, vectors: {"": {space: minilm}}}
                  words-v2: {driver: crossfade, collection: words, vectors: {"": {space: minilm}}}
                  words-v3: {driver: lucy, vectors: {"": {space: minilm}}}
                collections: {words: {index: words-v1}}
                """;
        Path file = Files.writeString(folder.resolve("bad.yaml"), yaml);

        assertThat(run("config", "check", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString().lines())
                .containsExactlyInAnyOrder(
                        "crossfade: indexes.words-v1.shards: unknown (expected: one of beam_width, buffer_mib,"
                                + " commit_documents, commit_interval, ef, m, path, sync)",
                        "crossfade: indexes.words-v1.sync: perhaps (expected: true or false)",
                        "crossfade: indexes.words-v1.ef: 0 (expected: 1 to 10000)",
                        "crossfade: indexes.words-v2.address: missing (expected: a text)",
                        "crossfade: indexes.words-v3.driver: lucy (expected: one of blocking, crossfade, lucene, memory, none, pgvector, qdrant in the jar)");
        assertThat(folder).isDirectoryNotContaining("glob:**words*");
    }

    @Test
    void configCheck_letsTheControlStoreCheckItsOptions(@TempDir Path folder) throws IOException {
        assertThat(checkWith(folder, "control: {dir: here, size: 3}")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).isEqualTo("crossfade: control.size: unknown (expected: one of dir)\n");
    }

    @Test
    void configCheck_unknownControlStore(@TempDir Path folder) throws IOException {
        assertThat(checkWith(folder, "control: {store: stone}")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .isEqualTo("crossfade: control.store: stone (expected: one of file, memory in the jar)\n");
    }

    @Test
    void driversThatAreNotThere_areToldOfIfTheyAreNeeded(@TempDir Path folder) throws IOException {
        String[] drivers = {"--drivers", folder.resolve("nowhere").toString()};

        assertThat(checkWith(folder, "", drivers)).isZero();
        assertThat(checkWith(folder, "control: {store: stone}", drivers)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .isEqualTo("crossfade: control.store: stone (expected: one of file, memory in the jar); "
                        + folder.resolve("nowhere")
                        + ": not there (expected: a directory with a folder for each driver)\n");
    }

    @Test
    void configCheck_twoCollectionsOnOneIndex(@TempDir Path folder) throws IOException {
        String yaml = """
                spaces: {minilm: {model: m, dimensions: 4, metric: cosine}}
                indexes:
                  far: {driver: crossfade, address: "Localhost:7400", collection: words, vectors: {"": {space: minilm}}}
                  far-again: {driver: crossfade, address: "127.0.0.1:7400", collection: words, vectors: {"": {space: minilm}}}
                  far-else: {driver: crossfade, address: "127.0.0.1:7401", collection: words, vectors: {"": {space: minilm}}}
                  near: {driver: lucene, vectors: {"": {space: minilm}}}
                  near-again: {driver: lucene, path: "there/../near", vectors: {"": {space: minilm}}}
                collections:
                  letters: {index: far}
                  sentences: {index: near}
                  texts: {index: near}
                  words: {index: far-again}
                data_dir: "%s"
                """.formatted(folder.toRealPath());
        Path file = Files.writeString(folder.resolve("shared.yaml"), yaml);

        assertThat(run("config", "check", file.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString().lines())
                .containsExactly(
                        "crossfade: indexes.far-again: the same as indexes.far: driver crossfade, collection words of"
                                + " localhost:7400 (expected: a place of its own)",
                        "crossfade: indexes.near-again: the same as indexes.near: driver lucene, directory "
                                + folder.toRealPath().resolve("near") + " (expected: a place of its own)",
                        "crossfade: collections.texts.index: near: the same index as that of collection sentences"
                                + " (expected: an index of its own)",
                        "crossfade: collections.words.index: far-again: the same index as that of collection letters,"
                                + " far: driver crossfade, collection words of localhost:7400"
                                + " (expected: an index of its own)");
    }

    private int checkWith(Path folder, String control, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("crossfade.yaml"), """
                spaces: {minilm: {model: m, dimensions: 4, metric: cosine}}
                indexes: {words-v1: {driver: lucene, vectors: {"": {space: minilm}}}}
                collections: {words: {index: words-v1}}
                """ + control);
        List<String> arguments = new ArrayList<>(List.of("config", "check"));
        arguments.addAll(List.of(options));
        arguments.add(file.toString());
        return run(arguments.toArray(String[]::new));
    }

    @Test
    @Timeout(30)
    void serveOnce_stopsAsSoonAsItServes(@TempDir Path folder) {
        List<String> events = new ArrayList<>();
        starter = (config, plugins) -> new ScriptedServer(events);

        assertThat(run("serve", "--embedded", "--data", folder.toString(), "--once"))
                .isZero();
        assertThat(out.toString()).startsWith("serving data=1 admin=2 ops=3");
        assertThat(events).containsExactly("closed");
    }

    /** Serves nothing. */
    private record ScriptedServer(List<String> events) implements Server {
        @Override
        public int dataPort() {
            return 1;
        }

        @Override
        public int adminPort() {
            return 2;
        }

        @Override
        public int opsPort() {
            return 3;
        }

        @Override
        public void close() {
            events.add("closed");
        }
    }

    private int admin(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "admin";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--address";
        all[all.length - 1] = server.address();
        return run(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"not: known", "spaces: [", ""})
    void serveAsSupervisorsRunIt_saysTheSame(String yaml, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("config.yaml");
        if (!yaml.isEmpty()) {
            Files.writeString(file, yaml);
        }
        int parsed = run("serve", "--config", file.toString());
        StringWriter plain = new StringWriter();
        String[] arguments = {"serve", "--config", file.toString()};
        assertThat(PlainServe.is(arguments)).isTrue();

        assertThat(PlainServe.of(arguments).run(starter, new PrintWriter(out, true), new PrintWriter(plain, true)))
                .isEqualTo(parsed)
                .isEqualTo(ExitCode.USAGE);
        assertThat(plain.toString()).isEqualTo(err.toString()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve",
                "serve --config",
                "serve --config --help",
                "serve --config @file",
                "serve --embedded --config file",
                "serve --config file --while-input",
                "serve --once --config file",
                "config check file"
            })
    void anythingElse_isParsed(String arguments) {
        assertThat(PlainServe.is(arguments.split(" ", -1))).isFalse();
    }

    private int run(String... arguments) {
        CommandLine commandLine = Cli.commandLine(starter);
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
