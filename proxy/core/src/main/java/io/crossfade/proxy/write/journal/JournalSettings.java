package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.settings.Bytes;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.nio.file.Path;

/**
 * Settings of the durable record of documents whose state on the follower is not known to be right.
 *
 * @param dir relative to {@code data_dir}, if not absolute
 * @param maxBytes of each collection's journal on disk
 * @param maxPending keys of a collection that may be pending; more are handled as a loss
 * @param onLoss what a write does when it cannot be journaled
 */
public record JournalSettings(
        @Default("journal") Path dir,
        @Bytes @Default("1GiB") long maxBytes,
        @Default("1000000") int maxPending,
        @Default("dirty") OnLoss onLoss) {
    private static final long LEAST_BYTES = 1 << 20;

    /** What becomes of a write that cannot be journaled. */
    public enum OnLoss {
        /** It goes on, and the range it falls into must be reconciled before a flip. */
        DIRTY,
        /** It is refused. */
        FAIL
    }

    public JournalSettings {
        new Check()
                .atLeast("max_bytes", maxBytes, LEAST_BYTES)
                .positive("max_pending", maxPending)
                .done();
    }
}
