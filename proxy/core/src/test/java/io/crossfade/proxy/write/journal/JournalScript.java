package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.harness.Setting;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WriteGate;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.write.LiveLatency;
import io.crossfade.proxy.write.LiveWrites;
import io.crossfade.proxy.write.Writer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A process with the real write path, journal and dirty block over engines in memory, of which the follower is down, so
 * that each write has to be synced. Takes one command a line: {@code open DIRECTORY dirty|fail}, {@code write},
 * {@code end}; answers {@code opened} or {@code refused MESSAGE}, per write {@code acked ID} or {@code refused ID KIND},
 * and {@code done} after each command.
 */
final class JournalScript {
    static final int WRITES = 8;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final FakeTime time = new FakeTime();
    private final Writer writer;
    private final Migration migration;

    private JournalScript(Path directory, boolean refuseOnLoss) {
        Life life = new Life();
        Engine.Connection leader =
                Engine.of("old", Engine.space("a"), TextSource.OWN, time).connect(life, Map.of());
        Engine.Connection follower =
                Engine.of("new", Engine.space("a"), TextSource.OWN, time).connect(life, Map.of());
        follower.faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        Setting setting = new Setting();
        setting.refuseOnLoss(refuseOnLoss);
        migration = Migration.open(
                new Migration.Context(
                        "things",
                        "sidecar",
                        "process",
                        setting.ofMigration(),
                        new LiveWrites(new Feeding(time), new LiveLatency(time)),
                        time,
                        time),
                new JournalFiles("things", directory, new RocksJournalStores(1 << 30)),
                true,
                Duration.ofSeconds(1));
        Route route = new Route.Paired(
                "things", 2, Phase.MIRRORING, leader.participant(), follower.participant(), false, migration.writer());
        writer = new Writer(new CurrentRoute(route), new WriteGate(time, TIMEOUT, 100), time);
    }

    static String id(int write) {
        return write + "-".repeat(500);
    }

    private void write() {
        for (int i = 0; i < WRITES; i++) {
            say(write(i));
        }
    }

    private String write(int number) {
        try {
            WriteReply reply = writer.write(WriteCall.of(Docs.put(Key.of(id(number)), "a", "v" + number)), TIMEOUT)
                    .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            return (reply.results().get(0).leader() == WriteReply.Leader.APPLIED ? "acked " : "refused ") + number;
        } catch (ExecutionException e) {
            return "refused " + number + " " + ((CallException) cause(e)).kind();
        } catch (TimeoutException | InterruptedException e) {
            return "hung " + number;
        }
    }

    private static Throwable cause(Throwable failed) {
        Throwable cause = failed.getCause();
        return cause instanceof CompletionException ? cause(cause) : cause == null ? failed : cause;
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private static @Nullable JournalScript opened(String[] words) {
        try {
            JournalScript script = new JournalScript(Path.of(words[1]), words[2].equals("fail"));
            say("opened");
            return script;
        } catch (UncheckedIOException e) {
            say("refused " + e.getMessage());
            return null;
        }
    }

    private void end() {
        try {
            migration.end().join();
        } catch (CompletionException e) {
            say("not closed: " + Cause.of(e).getMessage());
        }
    }

    public static void main(String[] args) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        @Nullable JournalScript script = null;
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("open")) {
                script = opened(words);
            } else if (script != null && words[0].equals("write")) {
                script.write();
            } else if (script != null) {
                script.end();
            }
            say("done");
        }
    }
}
