package io.crossfade.proxy.front.calls;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Violation;
import io.crossfade.proxy.wire.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is malformed in one request, gathered over its parts so that all of it is reported at once. */
public final class ShapeProblems {
    private final String prefix;
    private @Nullable List<Violation> malformed;
    private @Nullable List<Violation> incapable;

    /**
     * @param prefix put before every path, such as {@code queries[2].}
     */
    public ShapeProblems(String prefix) {
        this.prefix = prefix;
    }

    /** Reads a repeated field, leaving out what is malformed. */
    public <P, M> List<M> each(String field, List<P> messages, Function<P, ? extends M> read) {
        List<M> result = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            try {
                result.add(read.apply(messages.get(i)));
            } catch (ShapeException e) {
                add(e.under(field, i));
            }
        }
        return result;
    }

    /** Reads one part; {@code otherwise} if it is malformed. */
    public <M> M part(String field, M otherwise, Supplier<? extends M> read) {
        try {
            return read.get();
        } catch (ShapeException e) {
            add(e.under(field));
            return otherwise;
        }
    }

    public void malformed(String path, String problem) {
        if (malformed == null) {
            malformed = new ArrayList<>();
        }
        malformed.add(new Violation(prefix + path, problem));
    }

    private void add(ShapeException problem) {
        if (!problem.isCapability()) {
            malformed(problem.path(), problem.problem());
            return;
        }
        if (incapable == null) {
            incapable = new ArrayList<>();
        }
        incapable.add(new Violation(prefix + problem.path(), problem.problem()));
    }

    /**
     * @throws CallException of kind INVALID if anything is malformed, else PRECONDITION if a capability is missing
     */
    public void throwIfAny() {
        if (malformed != null) {
            throw CallException.invalid(malformed);
        }
        if (incapable != null) {
            throw CallException.unmet(incapable);
        }
    }
}
