package io.crossfade.proxy.route;

import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers when a client last wrote or asked without a vector of a space that nobody else can make. One entry per
 * space; safe for use by many threads.
 */
public final class Feeding {
    private final Time time;
    private final Map<String, Lack> bySpace = new ConcurrentHashMap<>();

    public Feeding(Time time) {
        this.time = time;
    }

    /** Notes which spaces of both indexes these writes came without. */
    public void heard(Route route, List<WriteOp> writes) {
        for (WriteOp write : writes) {
            if (write instanceof WriteOp.Upsert upsert) {
                heard(route, upsert.document().vectors(), null, "a write");
            }
        }
    }

    /** Notes which spaces of both indexes this query came without. */
    public void heard(Route route, List<NamedVector> vectors, @Nullable String onlyField, String what) {
        if (!route.isSingle()) {
            heard(route.leader(), vectors, onlyField, what);
            heard(route.follower(), vectors, onlyField, what);
        }
    }

    private void heard(Participant participant, List<NamedVector> vectors, @Nullable String onlyField, String what) {
        participant.spaces().forEach((field, space) -> {
            boolean asked = onlyField == null || onlyField.equals(field);
            if (asked && participant.embedder(field) == null && isLacking(vectors, space)) {
                lacked(space.name(), what);
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

    private record Lack(String what, long nanos) {}

    private void lacked(String space, String what) {
        bySpace.put(space, new Lack(what, time.nanos()));
    }

    /** The last such call, if it was within the window. */
    public Optional<String> lastLack(String space, Duration window) {
        Lack lack = bySpace.get(space);
        return lack == null || time.nanos() - lack.nanos() > window.toNanos()
                ? Optional.empty()
                : Optional.of(lack.what());
    }
}
