package io.crossfade.proxy.cli;

import com.google.protobuf.Message;
import io.crossfade.client.AdminClient;
import io.crossfade.proxy.front.api.ApiJson;
import io.crossfade.proxy.terminal.LiveLine;
import io.crossfade.proxy.time.SystemTime;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Talks to the admin listener of a sidecar; every verb is a subcommand. */
@Command(
        name = "admin",
        description = "Runs a migration: starts it, watches it, moves the reads, goes back, ends it.",
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            StatusVerbs.List.class,
            StatusVerbs.Status.class,
            StatusVerbs.Watch.class,
            StepVerbs.Start.class,
            BackfillVerbs.Pause.class,
            BackfillVerbs.Resume.class,
            BackfillVerbs.Pace.class,
            DocumentVerbs.Verify.class,
            DoubtVerbs.Recover.class,
            DoubtVerbs.Accept.class,
            CleanVerb.class,
            DocumentVerbs.Reconcile.class,
            DocumentVerbs.Pending.class,
            DocumentVerbs.Parked.class,
            DocumentVerbs.RetryParked.class,
            DocumentVerbs.WaiveParked.class,
            StatusVerbs.Shadow.class,
            StepVerbs.Flip.class,
            StepVerbs.Rollback.class,
            StepVerbs.Complete.class,
            StepVerbs.Abort.class,
            BreakerVerbs.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class AdminCommand {
    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            defaultValue = "${env:CROSSFADE_ADMIN:-127.0.0.1:7401}",
            description = "The sidecar's admin listener; also from the environment's CROSSFADE_ADMIN"
                    + " (default: 127.0.0.1:7401).")
    private String address;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            scope = ScopeType.INHERIT,
            defaultValue = "120",
            description = "How long to wait for an answer; streams have no limit (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description =
                    "Print the answer as JSON, one object a line where it is a stream. Enum values have the short names"
                            + " of the tables, such as MIRRORING.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    /** Asks, prints the answer, and lets it decide the exit code. */
    <T extends Message> int show(Function<AdminClient, T> call, Function<T, String> text, ToIntFunction<T> exitCode) {
        T answer = ask(call);
        PrintWriter out = out();
        out.print(json ? ApiJson.pretty(answer) + System.lineSeparator() : text.apply(answer));
        out.flush();
        return exitCode.applyAsInt(answer);
    }

    <T extends Message> int show(Function<AdminClient, T> call, Function<T, String> text) {
        return show(call, text, answer -> ExitCode.DONE);
    }

    <T> T ask(Function<AdminClient, T> call) {
        try (AdminClient client = AdminClient.connect(address)) {
            return call.apply(client.withTimeout(Duration.ofSeconds(timeout)));
        }
    }

    /** Shows what a stream brings as it comes. */
    void follow(Stream stream) {
        try (SystemTime time = new SystemTime();
                AdminClient client = AdminClient.connect(address)) {
            LiveLine live = new LiveLine(out(), Ansi.AUTO.enabled(), time);
            stream.run(client, (message, line) -> {
                if (json) {
                    out().println(ApiJson.line(message));
                    out().flush();
                } else {
                    live.update(line);
                }
            });
            live.clear();
        }
    }

    /**
     * Shows what a stream brings as it comes, and returns the last message.
     *
     * @param none for a stream that brings nothing
     * @param line a message in a line for people
     */
    <M extends Message> M followed(M none, BiConsumer<AdminClient, Predicate<M>> stream, Function<M, String> line) {
        AtomicReference<M> last = new AtomicReference<>(none);
        follow((client, progress) -> stream.accept(client, each -> {
            last.set(each);
            progress.show(each, line.apply(each));
            return true;
        }));
        return Objects.requireNonNull(last.get(), "progress");
    }

    boolean isJson() {
        return json;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** A call that brings messages until it ends. */
    @FunctionalInterface
    interface Stream {
        void run(AdminClient client, Progress progress);
    }

    /** Takes what a stream brings. */
    @FunctionalInterface
    interface Progress {
        /**
         * @param line the message in a line for people
         */
        void show(Message message, String line);
    }
}
