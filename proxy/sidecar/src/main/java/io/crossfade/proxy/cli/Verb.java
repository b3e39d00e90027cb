package io.crossfade.proxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A verb of {@link AdminCommand} about one collection. */
@Command
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class Verb implements Callable<Integer> {
    @ParentCommand
    AdminCommand admin;

    @Parameters(index = "0", paramLabel = "COLLECTION", description = "As applications name it.")
    String collection;

    @Spec
    CommandSpec spec;
}
