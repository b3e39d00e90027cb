package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Value;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which settings of a search an engine takes ({@link VectorQuery#params}). */
@FunctionalInterface
public interface ParamSupport {
    /** That of an index that answers for itself, such as another Crossfade: nothing is known here of what it takes. */
    ParamSupport UNKNOWN = params -> Optional.empty();

    /** That of an engine that takes none. */
    ParamSupport NONE = of(Map.of());

    /** What of the settings the engine does not take, and what it takes instead, in words; empty if it takes all. */
    Optional<String> refusal(Map<String, Value> params);

    /** What a setting may be. */
    sealed interface Kind {
        /** Whether it may be that. */
        boolean accepts(Value value);

        /** What it may be, in words. */
        String text();
    }

    /** A whole number within bounds. */
    record WholeNumber(long least, long most) implements Kind {
        @Override
        public boolean accepts(Value value) {
            return value instanceof Value.Int64 number && number.value() >= least && number.value() <= most;
        }

        @Override
        public String text() {
            return "a whole number, " + least + " to " + most;
        }
    }

    /** True or false. */
    record Flag() implements Kind {
        @Override
        public boolean accepts(Value value) {
            return value instanceof Value.Bool;
        }

        @Override
        public String text() {
            return "true or false";
        }
    }

    /** That of an engine that takes these, by name. */
    static ParamSupport of(Map<String, Kind> kinds) {
        return params -> new TreeMap<>(params)
                .entrySet().stream()
                        .flatMap(param -> {
                            Kind kind = kinds.get(param.getKey());
                            return kind != null && kind.accepts(param.getValue())
                                    ? Optional.<String>empty().stream()
                                    : Optional.of(refusal(param, kind, kinds)).stream();
                        })
                        .findFirst();
    }

    private static String refusal(Map.Entry<String, Value> param, @Nullable Kind kind, Map<String, Kind> kinds) {
        String found = "params." + param.getKey() + ": ";
        return kind != null
                ? found + param.getValue() + " (expected: " + kind.text() + ")"
                : found + "unknown (expected: "
                        + (kinds.isEmpty() ? "no params" : "one of " + new TreeSet<>(kinds.keySet())) + ")";
    }

    /** Fails with an {@link IndexException} of kind {@code INVALID} if the engine does not take them. */
    default void require(Map<String, Value> params) {
        refusal(params).ifPresent(refusal -> {
            throw new IndexException(IndexException.Kind.INVALID, refusal);
        });
    }
}
