package io.crossfade.proxy.route;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.index.VectorIndex;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The small notes that a Crossfade in front keeps on the index behind a collection: they tell it that the index is the one
 * that it was. So they belong to that index, and no migration may copy them: on another index they would vouch for what
 * it does not hold. A collection that bears any is not migrated itself (its moves are made in front of it), and while one
 * is, none are set.
 */
public final class ApplicationNotes {
    /** Keeps them apart from the sidecar's own on the same index. */
    private static final String PREFIX = "app.";

    private static final int MOST_NAMED = 10;

    private final CurrentRoute current;

    public ApplicationNotes(CurrentRoute current) {
        this.current = current;
    }

    /** All notes, by name. */
    public CompletableFuture<Map<String, String>> all(Duration timeout) {
        return of(current.get().leader().index(), timeout);
    }

    private static CompletableFuture<Map<String, String>> of(VectorIndex index, Duration timeout) {
        return index.attributes(timeout).thenApply(attributes -> {
            Map<String, String> notes = new HashMap<>();
            attributes.forEach((name, value) -> {
                if (name.startsWith(PREFIX)) {
                    notes.put(name.substring(PREFIX.length()), value);
                }
            });
            return notes;
        });
    }

    /** Sets a note; "" removes it. A migration that begins meanwhile waits for it, as for a write. */
    public CompletableFuture<Void> set(String name, String value, Duration timeout) {
        Route route = current.enterWrite();
        try {
            if (!route.isSingle() && !value.isEmpty()) {
                throw new CallException(
                        CallException.Kind.PRECONDITION,
                        "name: \"" + name
                                + "\" (expected: no note to be set while the collection is migrated: it is in phase "
                                + route.phase() + ", and notes stay on their index)");
            }
            return route.leader()
                    .index()
                    .setAttribute(PREFIX + name, value, timeout)
                    .whenComplete((done, failed) -> CurrentRoute.exitWrite(route));
        } catch (Throwable e) {
            CurrentRoute.exitWrite(route);
            throw e;
        }
    }

    /** What stands in the way of moving the reads away from an index that bears notes. */
    public static CompletableFuture<Optional<Blocker>> blocker(Participant leader, String member, Duration timeout) {
        return of(leader.index(), timeout)
                .thenApply(notes -> notes.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Blocker(
                                Blocker.Code.INDEX_BEARS_NOTES, leader.name() + " bears " + named(notes), member)));
    }

    private static String named(Map<String, String> notes) {
        List<String> first = notes.keySet().stream().sorted().limit(MOST_NAMED).toList();
        int more = notes.size() - first.size();
        return "notes of a Crossfade whose index this collection is: " + String.join(", ", first)
                + (more > 0 ? " and " + more + " more" : "")
                + " (expected: none; migrate in that one, or remove them by SetAttribute)";
    }
}
