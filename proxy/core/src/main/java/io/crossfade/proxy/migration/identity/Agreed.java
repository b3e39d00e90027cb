package io.crossfade.proxy.migration.identity;

import io.crossfade.proxy.migration.state.CollectionState;
import java.util.concurrent.CompletableFuture;

/** What this member knows of what the fleet has agreed on, and how it adds a doubt. */
public interface Agreed {
    /** The state that was seen last. */
    CollectionState state();

    /** This member's part of the versions that it gives. */
    int slot();

    /** Records what was found of an index; completes when that stands, and this member acts on it. */
    CompletableFuture<?> doubt(String index, Vouch found);

    /** Hears that another process does this member's work: this one must not go on. */
    void twin(String found);
}
