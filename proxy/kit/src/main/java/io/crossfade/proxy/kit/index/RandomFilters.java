package io.crossfade.proxy.kit.index;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Filter.Operator;
import io.crossfade.proxy.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Makes metadata and filters from small pools, so that they meet often, and at their edges. */
public final class RandomFilters {
    private static final List<String> KEYS = List.of("a", "b", "c", "a.x", "a.x.y", "a.y", "b.x", "none");
    private static final List<String> PARTS = List.of("x", "y", "x.y");
    private static final String LONG = "long".repeat(100);
    private static final List<Value> SCALARS = List.of(
            Value.of(true),
            Value.of(false),
            Value.of(0),
            Value.of(1),
            Value.of(-1),
            Value.of(1.0),
            Value.of(0.5),
            Value.of(-0.0),
            Value.of(1L << 53),
            Value.of((1L << 53) + 1),
            Value.of((double) (1L << 53)),
            Value.of(Long.MAX_VALUE),
            Value.of(Long.MAX_VALUE - 1),
            Value.of((double) Long.MAX_VALUE),
            Value.of(Long.MIN_VALUE),
            Value.of((double) Long.MIN_VALUE),
            Value.of(Double.MAX_VALUE),
            Value.of(""),
            Value.of("1"),
            Value.of("a"),
            Value.of("aa"),
            Value.of("ab\u0000"),
            Value.of("é"),
            Value.of("\uFFFD"),
            Value.of("\uD83D\uDE80"),
            Value.of(LONG),
            Value.of(LONG + "a"),
            Value.of(LONG + "b"));

    /** The values that order comparisons take. */
    private static final List<Value> ORDERED =
            SCALARS.stream().filter(value -> !(value instanceof Value.Bool)).toList();

    private static final List<Value> HELD = SCALARS.stream()
            .filter(value -> !(value instanceof Value.Text text && text.value().indexOf(0) >= 0))
            .toList();

    private final Random random;
    private List<Value> stored = SCALARS;

    public RandomFilters(long seed) {
        this(new Random(seed));
    }

    public RandomFilters(Random random) {
        this.random = random;
    }

    public Map<String, Value> metadata() {
        return metadata(true);
    }

    /** Makes metadata, without the character U+0000 where an index cannot hold it; filters have it all the same. */
    public Map<String, Value> metadata(boolean holdsNul) {
        stored = holdsNul ? SCALARS : HELD;
        return fields(KEYS.subList(0, 7), 4, 2);
    }

    private Map<String, Value> fields(List<String> keys, int most, int depth) {
        Map<String, Value> fields = new HashMap<>();
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            fields.put(pick(keys), value(depth));
        }
        return fields;
    }

    private Value value(int depth) {
        int kind = random.nextInt(10);
        if (kind < 5 || depth == 0) {
            return kind == 0 ? new Value.Null() : pick(stored);
        }
        return kind < 8
                ? new Value.Fields(fields(PARTS, 2, depth - 1))
                : new Value.Items(many(3, () -> value(depth - 1)));
    }

    public Filter filter(Set<Operator> operators) {
        return filter(List.copyOf(operators).stream().sorted().toList(), 3);
    }

    private Filter filter(List<Operator> operators, int depth) {
        int kind = random.nextInt(depth == 0 ? 6 : 10);
        if (kind == 0) {
            return new Filter.IdIn(new HashSet<>(many(5, () -> "id" + random.nextInt(300))));
        } else if (kind < 6) {
            return comparison(pick(operators));
        } else if (kind == 6) {
            return new Filter.Not(filter(operators, depth - 1));
        }
        List<Filter> parts = many(2, () -> filter(operators, depth - 1));
        return kind < 8 ? new Filter.And(parts) : new Filter.Or(parts);
    }

    private Filter comparison(Operator operator) {
        List<Value> operands = switch (operator) {
            case EXISTS -> List.of();
            case IN, NOT_IN, CONTAINS_ANY -> many(4, () -> pick(SCALARS));
            case EQ, NE -> List.of(pick(SCALARS));
            case GT, GTE, LT, LTE -> List.of(pick(ORDERED));
        };
        return new Filter.Comparison(pick(KEYS), operator, operands);
    }

    private <T> List<T> many(int most, Supplier<T> one) {
        List<T> all = new ArrayList<>();
        int count = 1 + random.nextInt(most);
        for (int i = 0; i < count; i++) {
            all.add(one.get());
        }
        return all;
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
