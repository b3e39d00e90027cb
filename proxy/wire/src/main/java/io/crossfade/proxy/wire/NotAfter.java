package io.crossfade.proxy.wire;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The moment after which a call must not begin, on the clock of the process that is asked. gRPC's own deadline is a
 * length of time that starts anew when a request arrives, so a request that lay in the network would be welcome however
 * late it is. A caller who wants better sends {@link #LIMIT}; then the answer tells {@link #NOW}, from which the limits
 * of later calls are made. No two clocks need to agree, but in their pace: an answer's time is in the past when it
 * arrives, so a limit errs on the early side, by no more than the answer was under way.
 *
 * @param process whose clock; each run of a process has one of its own
 * @param nanos on it
 */
public record NotAfter(String process, long nanos) {
    /** The limit, in a request; empty if the caller knows no time yet. */
    public static final Metadata.Key<String> LIMIT =
            Metadata.Key.of("crossfade-not-after", Metadata.ASCII_STRING_MARSHALLER);

    /** The present time, in the answer to a request with a limit. */
    public static final Metadata.Key<String> NOW = Metadata.Key.of("crossfade-now", Metadata.ASCII_STRING_MARSHALLER);

    /** The word, in the answer to a request whose limit was of another process, that nothing was begun. */
    public static final Metadata.Key<String> OTHER_PROCESS =
            Metadata.Key.of("crossfade-other-process", Metadata.ASCII_STRING_MARSHALLER);

    /** Reads a limit; null if there is none that can be read. */
    public static @Nullable NotAfter read(@Nullable String text) {
        int at = text == null ? -1 : text.indexOf('@');
        if (text == null || at < 0) {
            return null;
        }
        try {
            return new NotAfter(text.substring(at + 1), Long.parseLong(text.substring(0, at)));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    public String write() {
        return nanos + "@" + process;
    }
}
