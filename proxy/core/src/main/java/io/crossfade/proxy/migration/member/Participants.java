package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.PatientIndex;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.time.Cause;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.LoggerFactory;

/** Opens configured indexes; each is open once, however many ask. */
public interface Participants {
    /**
     * Opens an index; fails with an {@link io.crossfade.proxy.index.IndexException}, or with NOT_FOUND for an unknown
     * name.
     */
    CompletableFuture<Participant> open(String index);

    /**
     * Makes an index that is missing, then opens it as {@link #open} does.
     *
     * @param keys that applications filter by
     */
    CompletableFuture<Participant> create(String index, List<FilterKey> keys);

    /**
     * Makes an index that is missing beside another one, which its documents are found by the same keys as. If that one is
     * away, nothing is known of them.
     */
    default CompletableFuture<Participant> createLike(Participant other, String index, Duration timeout) {
        return other.index()
                .filterKeys(timeout)
                .exceptionally(failed -> {
                    LoggerFactory.getLogger(Participants.class)
                            .warn(
                                    "{} is made without the keys that {} is found by: {}",
                                    index,
                                    other.name(),
                                    Cause.message(failed));
                    return List.of();
                })
                .thenCompose(keys -> create(index, keys));
    }

    /**
     * Opens as {@link #open} does, but an index that is missing, or whose engine cannot be reached now, is opened by the first
     * call that can: {@link #isMissing} tells the one from the other.
     */
    CompletableFuture<Participant> attach(String index);

    /** Whether an index that was attached was not there. */
    static boolean isMissing(Participant attached) {
        return attached.index() instanceof PatientIndex patient && patient.isMissing();
    }

    /** Names of the configured indexes. */
    Set<String> names();
}
