package io.crossfade.proxy.write;

import io.crossfade.proxy.route.Participant;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The right to write to an index that nobody here migrates, although somebody else may. */
public interface Tenure {
    Duration FOR_EVER = Duration.ofDays(365);

    /** Of an index that nobody else can reach. */
    Tenure SURE = new Tenure() {
        @Override
        public Duration left(Participant index) {
            return FOR_EVER;
        }

        @Override
        public CompletableFuture<Void> renewed(Participant index) {
            return CompletableFuture.completedFuture(null);
        }
    };

    /** How long a write that is sent now may last; zero or less if it must be renewed before. Asks nobody. */
    Duration left(Participant index);

    /** Completes once it is renewed; fails with why the index may not be written to. */
    CompletableFuture<Void> renewed(Participant index);
}
