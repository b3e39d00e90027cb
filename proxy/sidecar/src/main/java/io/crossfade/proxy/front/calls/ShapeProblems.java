package io.crossfade.proxy.front.calls;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Violation;
import io.crossfade.proxy.wire.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is malformed in one request, gathered over its parts so that all of it is reported at once, with what is wrong in
 * the rest. Lossy: beyond 1,000 of a kind only the fact remains.
 */
public final class ShapeProblems {
    private static final int MOST = 1_000;

    private final String prefix;
    private @Nullable List<Violation> malformed;
    private @Nullable List<Violation> incapable;
    private boolean leftOut;

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
                leftOut = true;
                add(e.under(field, i));
            }
        }
        return result;
    }

    /** Reads a repeated field, with what is sound of a malformed element in its place. */
    public <P, M> List<M> each(String field, List<P> messages, Function<P, ? extends M> read, Sound<P> sound) {
        List<M> result = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            int position = i;
            try {
                result.add(read.apply(messages.get(i)));
            } catch (ShapeException e) {
                result.add(read.apply(sound.of(messages.get(i), problem -> add(problem.under(field, position)))));
            }
        }
        return result;
    }

    /** What is left of a malformed message without its malformed parts. */
    @FunctionalInterface
    public interface Sound<P> {
        /**
         * @param problems told of each malformed part
         */
        P of(P malformed, Consumer<ShapeException> problems);
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

    /** Reads one part; what is sound of it if it is malformed. */
    public <P, M> M part(String field, P message, Function<P, ? extends M> read, Sound<P> sound) {
        try {
            return read.apply(message);
        } catch (ShapeException e) {
            return read.apply(sound.of(message, problem -> add(problem.under(field))));
        }
    }

    public void malformed(String path, String problem) {
        if (malformed == null) {
            malformed = new ArrayList<>();
        }
        add(malformed, path, problem);
    }

    private void add(ShapeException problem) {
        if (!problem.isCapability()) {
            malformed(problem.path(), problem.problem());
            return;
        }
        if (incapable == null) {
            incapable = new ArrayList<>();
        }
        add(incapable, problem.path(), problem.problem());
    }

    private void add(List<Violation> violations, String path, String problem) {
        if (violations.size() < MOST) {
            violations.add(new Violation(prefix + path, problem));
        }
    }

    /** Takes over what is malformed in a part. */
    public void addAll(ShapeProblems part) {
        malformed = joined(malformed, part.malformed);
        incapable = joined(incapable, part.incapable);
        leftOut |= part.leftOut;
    }

    private static @Nullable List<Violation> joined(@Nullable List<Violation> some, @Nullable List<Violation> others) {
        if (some == null || others == null) {
            return some == null ? others : some;
        }
        some.addAll(others);
        return some;
    }

    /**
     * Adds what the rules say of the rest, if anything is malformed: else they are somebody else's to apply. What they say of
     * a malformed part is about what stands in its place, and is left out.
     *
     * @param rules throws a {@link CallException} that lists what is wrong
     * @throws CallException as {@link #throwIfAny()} does
     */
    public void throwIfAny(Runnable rules) {
        boolean isMalformed = malformed != null || incapable != null;
        if (isMalformed && !leftOut) {
            try {
                rules.run();
            } catch (CallException e) {
                List<Violation> others =
                        e.violations().stream().filter(this::isOfTheRest).toList();
                if (e.kind() == CallException.Kind.INVALID) {
                    malformed = joined(malformed, new ArrayList<>(others));
                } else {
                    incapable = joined(incapable, new ArrayList<>(others));
                }
            }
        }
        throwIfAny();
    }

    private boolean isOfTheRest(Violation violation) {
        return isOfTheRest(violation, malformed) && isOfTheRest(violation, incapable);
    }

    private static boolean isOfTheRest(Violation violation, @Nullable List<Violation> parts) {
        return parts == null || parts.stream().noneMatch(part -> isWithin(violation.path(), part.path()));
    }

    private static boolean isWithin(String path, String part) {
        return path.equals(part) || path.startsWith(part + ".") || path.startsWith(part + "[");
    }

    /**
     * @throws CallException of kind INVALID if anything is malformed, else PRECONDITION if a capability is missing
     */
    public void throwIfAny() {
        if (malformed != null && !malformed.isEmpty()) {
            throw CallException.invalid(malformed);
        }
        if (incapable != null) {
            throw CallException.unmet(incapable);
        }
    }
}
