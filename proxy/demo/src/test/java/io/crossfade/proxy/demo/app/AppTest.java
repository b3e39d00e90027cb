package io.crossfade.proxy.demo.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.Connection;
import io.crossfade.proxy.demo.app.Call.Operation;
import io.crossfade.proxy.demo.app.SabotagedService.Sabotage;
import io.crossfade.proxy.demo.check.Checker;
import io.crossfade.proxy.demo.check.Damage;
import io.crossfade.proxy.demo.check.Damage.Kind;
import io.crossfade.proxy.demo.check.Inspector;
import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.corpus.Cast.KnownItem;
import io.crossfade.proxy.demo.corpus.Definition;
import io.crossfade.proxy.time.SystemTime;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The app, its history and the checker, against a collection that lies. */
class AppTest {
    private static final int CALLS = 800;

    @TempDir
    private Path folder;

    @Test
    void honestCollection_noDamageAndEveryOperationDone() throws Exception {
        try (SabotagedService service = new SabotagedService(Sabotage.NOTHING, CALLS)) {
            List<Call> history = run(service);

            assertThat(check(service, history).none()).isTrue();
            assertThat(history).noneMatch(Call::failed).noneMatch(call -> call.stale() != null);
            assertThat(history.stream().map(Call::operation).collect(Collectors.toSet()))
                    .isEqualTo(EnumSet.complementOf(EnumSet.of(Operation.FOUND)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LOSES_UPSERTS,MISSING",
        "LOSES_UPSERTS,LOST_WRITES",
        "LOSES_METADATA,STALE",
        "LOSES_DELETES,RESURRECTED",
        "ADDS_STRANGERS,EXTRA",
        "KEEPS_OLD_VECTORS,WRONG_SPACE",
        "MIXES_SPACES,WRONG_SPACE"
    })
    void sabotage_isReported(Sabotage sabotage, Kind kind) throws Exception {
        try (SabotagedService service = new SabotagedService(sabotage, CALLS)) {
            assertThat(check(service, run(service)).count(kind)).isPositive();
        }
    }

    @Test
    void lostWrites_seenByReadsToo() throws Exception {
        try (SabotagedService service = new SabotagedService(Sabotage.LOSES_METADATA, CALLS)) {
            assertThat(run(service)).anyMatch(call -> call.stale() != null);
        }
    }

    @Test
    void failedWrites_areInTheHistoryAndHarmNobody() throws Exception {
        try (SabotagedService service = new SabotagedService(Sabotage.REFUSES_WRITES, CALLS)) {
            List<Call> history = run(service);

            assertThat(history).anyMatch(call -> call.failed() && call.operation() == Operation.EDIT);
            assertThat(check(service, history).none()).isTrue();
        }
    }

    @Test
    void writesOfUnknownOutcome_areMadeAgain() throws Exception {
        try (SabotagedService service = new SabotagedService(Sabotage.LOSES_ANSWERS, CALLS)) {
            List<Call> history = run(service);

            assertThat(history).noneMatch(Call::failed).anyMatch(call -> call.again() > 0);
            assertThat(check(service, history).none()).isTrue();
        }
    }

    /** Loads, calls until the service has seen enough, and stops. */
    private List<Call> run(SabotagedService service) throws IOException, InterruptedException {
        Path history = folder.resolve("history.jsonl");
        App.Settings settings = new App.Settings(service.address(), "words", history, 3, 100_000, 1);
        PipedInputStream in = new PipedInputStream();
        try (SystemTime time = new SystemTime();
                PrintStream commands = new PrintStream(new PipedOutputStream(in), true, StandardCharsets.UTF_8);
                App app = new App(settings, cast(), time)) {
            commands.println("run");
            Thread stopper = new Thread(() -> stopWhenBusy(service, commands));
            stopper.start();
            ByteArrayOutputStream answers = new ByteArrayOutputStream();
            app.run(
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)),
                    new PrintStream(answers, true, StandardCharsets.UTF_8));
            stopper.join();
            assertThat(answers.toString(StandardCharsets.UTF_8).lines())
                    .containsExactly("loaded", "running", "paused", "running", "stopped");
        }
        return History.read(history);
    }

    private static void stopWhenBusy(SabotagedService service, PrintStream commands) {
        try {
            service.awaitCalls();
            commands.println("pause");
            commands.println("run");
            commands.println("stop");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Damage check(SabotagedService service, List<Call> history) {
        try (Connection connection = Connection.to(service.address())) {
            return new Checker(history, 1_000, 1)
                    .check(
                            Inspector.read(connection, "words", "index", true, SabotagedService.SPACE, true),
                            texts -> texts.stream().map(SabotagedService::embed).toList());
        }
    }

    private static Cast cast() {
        List<Definition> loaded = definitions(0, 60);
        return new Cast(
                loaded,
                definitions(60, 90),
                List.of(new KnownItem("what is 1", loaded.get(1).id())));
    }

    private static List<Definition> definitions(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new Definition(
                        i + "-n", "noun", "noun.act", List.of("word " + i), "the meaning of " + i, List.of()))
                .toList();
    }
}
