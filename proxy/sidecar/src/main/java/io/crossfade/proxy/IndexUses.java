package io.crossfade.proxy;

import io.crossfade.proxy.assembly.HostedCollection;
import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.config.Places;
import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.migration.member.Participants;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Keeps an index to one collection, under whatever name it is configured: a write through the one would be lost by a
 * flip of the other. What a collection uses stands in its state, where each step says what it will use before any member
 * opens that; so of two collections that reach for one index at once, at least one sees the other. Safe for use by many
 * threads.
 */
final class IndexUses {
    private final Participants all;
    private final Places places;
    private final Map<String, Supplier<Set<String>>> byCollection = new ConcurrentHashMap<>();

    IndexUses(Participants all, Places places) {
        this.all = all;
        this.places = places;
    }

    /** The indexes as a collection that is being started may open them. */
    Participants of(String collection) {
        Set<String> opened = ConcurrentHashMap.newKeySet();
        byCollection.put(collection, () -> opened);
        return new Participants() {
            @Override
            public CompletableFuture<Participant> open(String index) {
                return checked(index, () -> all.open(index));
            }

            @Override
            public CompletableFuture<Participant> create(String index, List<FilterKey> keys) {
                return checked(index, () -> all.create(index, keys));
            }

            @Override
            public CompletableFuture<Participant> attach(String index) {
                return checked(index, () -> all.attach(index));
            }

            private CompletableFuture<Participant> checked(
                    String index, Supplier<CompletableFuture<Participant>> opening) {
                opened.add(index);
                String taken = takenBy(collection, index);
                return taken.isEmpty()
                        ? opening.get()
                        : CompletableFuture.failedFuture(
                                CallException.blocked(List.of(Blocker.of(Blocker.Code.INDEX_TAKEN, taken))));
            }

            @Override
            public Set<String> names() {
                return all.names();
            }
        };
    }

    /** From now on, the collection's state says what it uses. */
    void started(HostedCollection hosted) {
        byCollection.put(hosted.name(), () -> used(hosted));
    }

    private static Set<String> used(HostedCollection hosted) {
        Set<String> used = new HashSet<>();
        CollectionState state = hosted.member().state();
        used.add(state.primary());
        CollectionState.Step step = state.step();
        for (String name : new String[] {state.migration(), step == null ? null : step.toIndex()}) {
            if (name != null) {
                used.add(name);
            }
        }
        Route route = hosted.member().current().get();
        used.add(route.leader().name());
        if (route instanceof Route.Paired paired) {
            used.add(paired.follower().name());
        }
        return used;
    }

    /** Who has the index, for people; "" if nobody else has. */
    private String takenBy(String collection, String index) {
        for (Map.Entry<String, Supplier<Set<String>>> other : byCollection.entrySet()) {
            boolean own = other.getKey().equals(collection);
            for (String used : other.getValue().get()) {
                if (!(own && used.equals(index)) && isOne(used, index)) {
                    return index + " belongs to collection " + other.getKey()
                            + (used.equals(index) ? "" : ", as " + used + ": " + places.of(used))
                            + " (expected: an index that no collection uses)";
                }
            }
        }
        return "";
    }

    private boolean isOne(String index, String other) {
        try {
            return index.equals(other) || places.of(index).equals(places.of(other));
        } catch (IllegalArgumentException e) {
            return false; // what is wrong with it is told by whoever opens it
        }
    }
}
