package io.crossfade.proxy.route;

import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which clients last wrote or asked without a vector of a space that nobody else can make, and when. What was
 * heard before the process began is forgotten. Safe for use by many threads.
 */
public final class Feeding {
    /** The most clients remembered for one space; further ones are remembered as one. */
    static final int MOST_CLIENTS = 100;

    private static final int LONGEST_NAME = 100;

    private final Time time;
    private final long began;
    private final Map<String, Map<Source, Long>> bySpace = new ConcurrentHashMap<>();
    private final Set<String> fed = ConcurrentHashMap.newKeySet();

    public Feeding(Time time) {
        this.time = time;
        this.began = time.nanos();
    }

    /** Calls of one kind by one client. */
    private record Source(String what, String client) {
        @Override
        public String toString() {
            return what + " of " + client;
        }
    }

    /** Notes which spaces of both indexes these writes came without. */
    public void heard(Route.Paired route, WriteCall call) {
        for (WriteOp write : call.writes()) {
            if (write instanceof WriteOp.Upsert upsert) {
                heard(route, upsert.document().vectors(), null, "writes", call.client());
            }
        }
    }

    /** Notes which spaces of both indexes this query came without. */
    public void heard(Route route, QueryCall query) {
        if (route instanceof Route.Paired paired) {
            heard(paired, query.vectors(), query.field(), "queries", query.client());
        }
    }

    private void heard(
            Route.Paired route, List<NamedVector> vectors, @Nullable String onlyField, String what, String client) {
        heard(route.leader(), vectors, onlyField, what, client);
        heard(route.follower(), vectors, onlyField, what, client);
    }

    private void heard(
            Participant participant,
            List<NamedVector> vectors,
            @Nullable String onlyField,
            String what,
            String client) {
        participant.spaces().forEach((field, space) -> {
            boolean asked = onlyField == null || onlyField.equals(field);
            if (!asked || participant.embedder(field) != null) {
                return;
            }
            if (isLacking(vectors, space)) {
                lacked(space.name(), what, client);
            } else if (!fed.contains(space.name())) {
                fed.add(space.name());
            }
        });
    }

    private static boolean isLacking(List<NamedVector> vectors, Space space) {
        for (NamedVector vector : vectors) {
            if (vector.space().equals(space.name())) {
                return false;
            }
        }
        return true;
    }

    private void lacked(String space, String what, String client) {
        Map<Source, Long> sources = bySpace.computeIfAbsent(space, name -> new ConcurrentHashMap<>());
        Source source = new Source(what, named(client));
        boolean room = sources.size() < MOST_CLIENTS || sources.containsKey(source);
        sources.put(room ? source : new Source(what, "other clients"), time.nanos());
    }

    private static String named(String client) {
        return client.isEmpty()
                ? "a client without a name"
                : client.substring(0, Math.min(client.length(), LONGEST_NAME));
    }

    /**
     * Whether nothing tells yet who sends vectors of the space: no call that has to do with it has come since this process
     * began, which is less than the window ago.
     */
    public boolean isUnheard(String space, Duration window) {
        return !fed.contains(space) && !bySpace.containsKey(space) && time.nanos() - began <= window.toNanos();
    }

    /** The clients whose calls came without a vector of the space within the window, in order. */
    public List<String> lacking(String space, Duration window) {
        long now = time.nanos();
        return bySpace.getOrDefault(space, Map.of()).entrySet().stream()
                .filter(source -> now - source.getValue() <= window.toNanos())
                .map(source -> source.getKey().toString())
                .sorted()
                .toList();
    }
}
