package io.crossfade.proxy.observe;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.route.Route;
import java.util.function.Supplier;

/**
 * Sees what goes on in one collection. Called on whichever thread it happens, so it must be quick; safe for use by many
 * threads.
 */
public interface CollectionObserver extends Migration.Listener {
    /** The collection, with its calls looked at as they pass. */
    Collection measured(Collection collection);

    /**
     * Is told where the collection's status can be asked for.
     *
     * @param status answers from memory
     */
    void watch(Supplier<Status> status);

    /** Is told of each new route that is in use, and of the first one after a start. */
    void entered(Route route);
}
