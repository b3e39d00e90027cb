package io.crossfade.proxy.cli;

import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.BreakerStatus;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Verbs about the circuit breaker in front of the follower. */
@Command(
        name = "breaker",
        description = "Shows, opens or resets the circuit breaker in front of the follower.",
        synopsisSubcommandLabel = "VERB")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BreakerVerbs {
    @ParentCommand
    private AdminCommand admin;

    @Command(description = "Shows its state.")
    int get(@Parameters(paramLabel = "COLLECTION") String collection) {
        return admin.show(client -> client.breaker(collection), BreakerVerbs::text);
    }

    @Command(description = "Opens it until it is reset: the follower gets nothing, writes are noted.")
    int trip(@Parameters(paramLabel = "COLLECTION") String collection) {
        return admin.show(client -> client.tripBreaker(collection), BreakerVerbs::text);
    }

    @Command(description = "Closes it; what was noted is replayed.")
    int reset(@Parameters(paramLabel = "COLLECTION") String collection) {
        return admin.show(client -> client.resetBreaker(collection), BreakerVerbs::text);
    }

    private static String text(BreakerStatus breaker) {
        return String.format(
                Locale.ROOT,
                "%s: %.0f %% failed, %.0f %% slow, %d rejected%n",
                ShortNames.of(breaker.getState()),
                Math.max(0, breaker.getFailureRate()),
                Math.max(0, breaker.getSlowRate()),
                breaker.getRejected());
    }
}
