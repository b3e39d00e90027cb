package io.crossfade.proxy.harness;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.observe.CollectionObserver;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.serve.Repeats;
import io.crossfade.proxy.write.journal.ParkedRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Remembers what an observer is told, so that a test can hold it against what is so. */
public final class Watched implements CollectionObserver {
    /** By key, the latest that was told of. */
    public final Map<io.crossfade.proxy.model.Key, ParkedRecord> parked = new LinkedHashMap<>();

    public final List<String> breaker = new ArrayList<>();
    private boolean recordsLost;
    private @Nullable Route route;
    private @Nullable Supplier<Status> status;

    public boolean hasLostRecords() {
        return recordsLost;
    }

    @Override
    public Collection measured(Collection collection) {
        return collection;
    }

    @Override
    public void watch(Supplier<Status> asked) {
        status = asked;
    }

    @Override
    public void watchRepeats(Supplier<Repeats.Report> repeats) {
        // No test asks.
    }

    @Override
    public void entered(Route entered) {
        route = entered;
    }

    @Override
    public void breakerMoved(String from, String to) {
        breaker.add(to);
    }

    @Override
    public void parked(ParkedRecord document) {
        parked.put(document.key(), document);
    }

    @Override
    public void recordsLost(long since, String reason) {
        recordsLost = true;
    }

    @Override
    public void writesRefused(String reason) {
        // No test asks.
    }

    @Override
    public void journalRecovered() {}

    /** The last route that it was told of. */
    public Optional<Route> route() {
        return Optional.ofNullable(route);
    }

    /** Where the collection stands; empty before it has been told where to ask. */
    public Optional<Status> status() {
        return Optional.ofNullable(status).map(Supplier::get);
    }
}
