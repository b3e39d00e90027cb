package io.crossfade.proxy.cli;

import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.v1.RecoverProgress;
import io.crossfade.v1.RecoverRequest;
import io.crossfade.v1.UnsettledDocument;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verbs about an index that is not what it was. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DoubtVerbs {
    private static final String LINE = System.lineSeparator();

    private DoubtVerbs() {}

    @Command(
            name = "recover",
            description = "Brings back to the index that leads what it has lost and the other one still has.")
    static final class Recover extends Verb {
        @Option(names = "--dry-run", description = "Only count.")
        private boolean dryRun;

        @Option(
                names = "--remove",
                description =
                        "Remove what only the index that leads has: it was removed from both, and forgotten there.")
        private boolean remove;

        @Override
        public Integer call() {
            RecoverRequest request = RecoverRequest.newBuilder()
                    .setCollection(collection)
                    .setDryRun(dryRun)
                    .setRemove(remove)
                    .build();
            RecoverProgress result = admin.followed(
                    RecoverProgress.getDefaultInstance(), (client, more) -> client.recover(request, more), each -> {
                        each.getUnsettledDocumentsList().forEach(this::tell);
                        return text(each);
                    });
            if (!admin.isJson()) {
                admin.out().print(text(result) + LINE);
                admin.out().flush();
            }
            return result.getDone() && result.getLeft() == 0 ? ExitCode.DONE : ExitCode.FAILED;
        }

        private void tell(UnsettledDocument document) {
            if (!admin.isJson()) {
                admin.out()
                        .print("unsettled: " + DocumentVerbs.key(document.getKey()) + ": " + document.getReason()
                                + LINE);
            }
        }

        private String text(RecoverProgress progress) {
            return Quantity.count(progress.getCompared()) + " compared, "
                    + Quantity.count(progress.getBroughtBack())
                    + (dryRun ? " to bring back, " : " brought back, ")
                    + Quantity.count(progress.getLeft()) + " left, "
                    + Quantity.count(progress.getOnlyOnLeader()) + " only on the index that leads, "
                    + Quantity.count(progress.getUnsettled()) + " unsettled";
        }
    }

    @Command(
            name = "accept",
            description = "Makes what is on an index that is in doubt what is meant; of the one that leads, accepts the"
                    + " loss.")
    static final class Accept extends Verb {
        @Parameters(index = "1", paramLabel = "INDEX", description = "As the configuration names it.")
        private String index;

        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why, for the record.")
        private String reason;

        @Override
        public Integer call() {
            return admin.show(client -> client.acceptIndex(collection, index, reason), StatusText::full);
        }
    }
}
