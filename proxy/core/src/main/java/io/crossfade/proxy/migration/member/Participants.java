package io.crossfade.proxy.migration.member;

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

    /**
     * Opens as {@link #open} does, but an index whose engine cannot be reached now is opened by the first call that
     * can.
     */
    CompletableFuture<Participant> attach(String index);

    /** Names of the configured indexes. */
    Set<String> names();
}
