package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.index.PatientIndex;
import io.crossfade.proxy.route.Participant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Opens configured indexes; each is open once, however many ask. */
public interface Participants {
    /**
     * Opens an index; fails with an {@link io.crossfade.proxy.index.IndexException}, or with NOT_FOUND for an unknown
     * name.
     */
    CompletableFuture<Participant> open(String index);

    /** Makes an index that is missing, then opens it as {@link #open} does. */
    CompletableFuture<Participant> create(String index);

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
