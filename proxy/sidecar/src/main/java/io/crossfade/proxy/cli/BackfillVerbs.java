package io.crossfade.proxy.cli;

import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.v1.CollectionStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Verbs about how fast the history is copied. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BackfillVerbs {
    private BackfillVerbs() {}

    @Command(name = "pause", description = "Pauses the copying of the history; live writes go on being mirrored.")
    static final class Pause extends Verb {
        @Override
        public Integer call() {
            return admin.show(client -> client.pauseBackfill(collection), BackfillVerbs::text);
        }
    }

    @Command(name = "resume", description = "Goes on copying the history.")
    static final class Resume extends Verb {
        @Override
        public Integer call() {
            return admin.show(client -> client.resumeBackfill(collection), BackfillVerbs::text);
        }
    }

    @Command(name = "pace", description = "Limits how many documents are copied, replayed and verified per second.")
    static final class Pace extends Verb {
        @Parameters(
                index = "1",
                paramLabel = "PER_SECOND",
                description = "Documents per second; 0: as fast as live traffic allows.")
        private double documentsPerSecond;

        @Override
        public Integer call() {
            return admin.show(client -> client.setPace(collection, documentsPerSecond), BackfillVerbs::text);
        }
    }

    private static String text(CollectionStatus status) {
        String pace = status.getPace() == 0 ? "" : ", at most " + Quantity.rate(status.getPace());
        return String.format(
                "%s: backfill %s%s%n", status.getCollection(), StatusText.backfill(status.getBackfill()), pace);
    }
}
