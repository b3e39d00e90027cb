package io.crossfade.proxy.cli;

import io.grpc.Status;

/** Exit codes that scripts can rely on; {@code crossfade --help} lists them. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int BLOCKED = 3;
    static final int UNREACHABLE = 4;
    static final int OVERTAKEN = 5;

    private ExitCode() {}

    static int of(Status.Code code) {
        return switch (code) {
            case OK -> DONE;
            case INVALID_ARGUMENT, NOT_FOUND, OUT_OF_RANGE -> USAGE;
            case FAILED_PRECONDITION -> BLOCKED;
            case UNAVAILABLE, DEADLINE_EXCEEDED -> UNREACHABLE;
            case ABORTED -> OVERTAKEN;
            default -> FAILED;
        };
    }
}
