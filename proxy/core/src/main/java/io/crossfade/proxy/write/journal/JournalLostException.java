package io.crossfade.proxy.write.journal;

import org.jspecify.annotations.Nullable;

/** A journal that cannot record: it is closed, or the configuration says to refuse writes then. */
public final class JournalLostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public JournalLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
