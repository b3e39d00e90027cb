package io.crossfade.proxy.cli;

import io.crossfade.client.CrossfadeException;
import io.crossfade.proxy.settings.InvalidSettingsException;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.Blocker;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells what went wrong in a line or a few, and chooses the exit code. */
final class ErrorLines implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        boolean verbose = command.getCommandSpec()
                .root()
                .findOption(CrossfadeCommand.VERBOSE)
                .getValue();
        if (verbose) {
            failure.printStackTrace(err);
        }
        int code = tell(failure, err);
        err.flush();
        return code;
    }

    /**
     * @return the exit code
     */
    static int tell(Exception failure, PrintWriter err) {
        if (failure instanceof CrossfadeException refused) {
            List<String> said = Stream.concat(
                            refused.violations().stream().map(each -> each.path() + ": " + each.problem()),
                            refused.blockers().stream().map(each -> code(each) + ": " + each.getDetail()))
                    .toList();
            err.println("crossfade: " + without(said, firstLine(refused)));
            refused.violations().forEach(each -> err.println("  " + each.path() + ": " + each.problem()));
            refused.blockers().forEach(each -> err.println("  " + blocker(each)));
            return ExitCode.of(refused.code());
        } else if (failure instanceof InvalidSettingsException invalid) {
            invalid.violations().forEach(each -> err.println("crossfade: " + each));
            return ExitCode.USAGE;
        } else if (failure instanceof NoSuchFileException missing) {
            err.println("crossfade: " + missing.getFile() + ": not there (expected: a file)");
            return ExitCode.USAGE;
        } else if (failure instanceof IllegalArgumentException wrong) {
            err.println("crossfade: " + wrong.getMessage());
            return ExitCode.USAGE;
        }
        err.println("crossfade: " + (failure.getMessage() == null ? failure : failure.getMessage()));
        return ExitCode.FAILED;
    }

    /**
     * The first line of a description: gRPC puts whole stack traces into that of a call that waited for a connection.
     */
    private static String firstLine(CrossfadeException failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * What a message says besides what is listed under it. It sums that up, too; but either may be cut, and then says less
     * than the other.
     */
    private static String without(List<String> listed, String message) {
        if (!listed.stream().allMatch(message::contains)) {
            return message;
        }
        String left = message;
        for (String each : listed) {
            left = left.replace(each, "");
        }
        return left.replaceAll("(?<=: )(; )+|(; )+(?=; |$)", "").strip();
    }

    private static String blocker(Blocker blocker) {
        String member = blocker.getMember().isEmpty() ? "" : " (" + blocker.getMember() + ")";
        return code(blocker) + member + ": " + blocker.getDetail();
    }

    private static String code(Blocker blocker) {
        return ShortNames.of(blocker.getCode(), blocker.getCodeValue());
    }
}
