package io.crossfade.proxy.observe;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.serve.Repeats;
import java.util.function.Supplier;

/**
 * Sees what goes on in one collection. Called on whichever thread it happens, so it must be quick; safe for use by many
 * threads.
 */
public interface CollectionObserver extends Migration.Listener {
    /** Wraps the collection, to see its calls as they pass. */
    Collection measured(Collection collection);

    /**
     * Hears where the collection's status can be asked for.
     *
     * @param status answers from memory
     */
    void watch(Supplier<Status> status);

    /** Hears where can be asked what is remembered of answered writes. */
    void watchRepeats(Supplier<Repeats.Report> repeats);

    /** Hears of each new route that is in use, and of the first one after a start. */
    void entered(Route route);
}
