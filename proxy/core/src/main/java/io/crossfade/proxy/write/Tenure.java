package io.crossfade.proxy.write;

import io.crossfade.proxy.route.Participant;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The right to write to an index that nobody here migrates, although somebody else may. */
public interface Tenure {
    Duration FOR_EVER = Duration.ofDays(365);

    /** Of an index that nobody else can reach. */
    Tenure SURE = new Tenure() {
        @Override
        public @Nullable CompletableFuture<Void> unsure(Participant index) {
            return null;
        }

        @Override
        public Duration left(Participant index) {
            return FOR_EVER;
        }
    };

    /**
     * Says whether the index may be written now, at no cost while that is sure.
     *
     * @return null if it may; otherwise completes once it may, and fails with why it may not
     */
    @Nullable
    CompletableFuture<Void> unsure(Participant index);

    /** How long a write that is sent now may last; zero or less if none may be sent. */
    Duration left(Participant index);
}
