package io.crossfade.proxy.cli;

import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.v1.CleanIndexRequest;
import io.crossfade.v1.CleanProgress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes away what migrations have left on an index. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
@Command(
        name = "clean",
        description = "Takes what migrations have kept beside the documents of an index away, after complete or abort.")
final class CleanVerb extends Verb {
    private static final String LINE = System.lineSeparator();

    @Parameters(index = "1", paramLabel = "INDEX", description = "As the configuration names it.")
    private String index;

    @Option(
            names = "--pace",
            paramLabel = "N",
            defaultValue = "0",
            description = "Documents that are gone through in a second, at most (default: as fast as it goes).")
    private double pace;

    @Override
    public Integer call() {
        CleanIndexRequest request = CleanIndexRequest.newBuilder()
                .setCollection(collection)
                .setIndex(index)
                .setDocumentsPerSecond(pace)
                .build();
        CleanProgress result = admin.followed(
                CleanProgress.getDefaultInstance(),
                (client, more) -> client.cleanIndex(request, more),
                CleanVerb::text);
        if (!admin.isJson()) {
            admin.out().print(text(result) + LINE);
            admin.out().flush();
        }
        return result.getDone() && result.getLeft() == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static String text(CleanProgress progress) {
        return Quantity.count(progress.getDocuments()) + " gone through, " + Quantity.count(progress.getCleaned())
                + " cleaned, " + Quantity.count(progress.getLeft()) + " left";
    }
}
