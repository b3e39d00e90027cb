package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.FilterSupport;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Filter.Operator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Value;
import io.qdrant.client.grpc.Common.Condition;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Filters as the engine's conditions, exactly as the reference evaluator means them, or not at all. The engine differs from it
 * in these:
 *
 * <ul>
 *   <li>It compares numbers as doubles, and only whole numbers exactly: so equality and order are asked up to 2^53.
 *   <li>It has no order of texts.
 *   <li>What is unequal to a value includes maps and lists in lists, except by an index of keywords.
 *   <li>An empty list looks as if nothing were there: so EXISTS is not asked.
 *   <li>A path steps into maps and has no other reading: a key with dots is asked for in each of its readings, the longer keys
 *       first, each only where the ones before are absent. There an empty list counts as absent.
 *   <li>A payload index answers by what it holds of a type, instead of by the value.
 * </ul>
 */
final class FilterWriter implements FilterSupport {
    static final Set<Operator> OPERATORS = EnumSet.complementOf(EnumSet.of(Operator.EXISTS));

    /** Beyond this not every whole number is a double. */
    private static final double EXACT = 0x1p53;

    private static final double BEYOND_WHOLE = 0x1p63;

    private final PayloadKeys keys;
    private final Map<List<String>, IndexType> indexes;
    private final boolean onlyIndexed;

    /**
     * @param indexes type of the payload index of a path, where there is one
     * @param onlyIndexed whether the engine refuses to filter by what has no index
     */
    FilterWriter(PayloadKeys keys, Map<List<String>, IndexType> indexes, boolean onlyIndexed) {
        this.keys = keys;
        this.indexes = Map.copyOf(indexes);
        this.onlyIndexed = onlyIndexed;
    }

    /** What a payload index makes of the conditions on its key. */
    enum IndexType {
        NONE,
        KEYWORD,
        INTEGER,
        FLOAT,
        BOOL,
        DATETIME,
        UUID,
        TEXT,
        GEO,
        OTHER
    }

    /** A filter that the engine would answer otherwise. */
    private static final class Otherwise extends RuntimeException {
        private static final long serialVersionUID = 1;

        Otherwise(String message) {
            super(message, null, false, false);
        }
    }

    @Override
    public Optional<String> refusal(Filter filter) {
        try {
            filter.match(new Writer());
            return Optional.empty();
        } catch (Otherwise e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The condition that is the filter.
     *
     * @throws IndexException of kind INVALID with the refusal
     */
    Condition write(Filter filter) {
        try {
            return filter.match(new Writer());
        } catch (Otherwise e) {
            throw new IndexException(IndexException.Kind.INVALID, "filter: " + e.getMessage(), e);
        }
    }

    /** Documents of the namespace. */
    static Condition ofNamespace(String namespace) {
        JsonPath path = JsonPath.of(PayloadKeys.NAMESPACE);
        return namespace.isEmpty() ? Conditions.isEmpty(path) : Conditions.isAnyOf(path, List.of(namespace));
    }

    private final class Writer implements Filter.Cases<Condition> {
        @Override
        public Condition and(Filter.And and) {
            return Conditions.and(
                    and.filters().stream().map(each -> each.match(this)).toList());
        }

        @Override
        public Condition or(Filter.Or or) {
            return Conditions.or(
                    or.filters().stream().map(each -> each.match(this)).toList());
        }

        @Override
        public Condition not(Filter.Not not) {
            return Conditions.not(not.filter().match(this));
        }

        /** Points without a namespace by their own ids, all others by the id that they keep. */
        @Override
        public Condition idIn(Filter.IdIn in) {
            return Conditions.or(List.of(
                    Conditions.hasId(
                            in.ids().stream().map(Key::of).map(PointIds::of).toList()),
                    Conditions.isAnyOf(JsonPath.of(PayloadKeys.ID), in.ids())));
        }

        @Override
        public Condition comparison(Filter.Comparison comparison) {
            List<JsonPath> readings = new ArrayList<>();
            addReadings(List.of(), comparison.key(), readings);
            Condition condition = Conditions.NOTHING;
            for (int i = readings.size() - 1; i >= 0; i--) {
                JsonPath path = readings.get(i);
                Condition here = holds(comparison, path);
                condition = i == readings.size() - 1
                        ? here
                        : Conditions.or(List.of(here, Conditions.and(List.of(absent(path), condition))));
            }
            return condition;
        }
    }

    /** The whole rest as a key, then its first part as a map's. What is no metadata is never there. */
    private void addReadings(List<String> before, String rest, List<JsonPath> into) {
        int dot = rest.indexOf('.');
        JsonPath path = new JsonPath(appended(before, rest));
        if (!keys.isHidden(path.keys().get(0))) {
            if (!path.canBeWritten()) {
                throw new Otherwise(
                        rest + " (expected: a key without \" and \\, which the engine has no way to write)");
            }
            into.add(path);
        }
        if (dot >= 0) {
            addReadings(appended(before, rest.substring(0, dot)), rest.substring(dot + 1), into);
        }
    }

    private static List<String> appended(List<String> before, String key) {
        List<String> all = new ArrayList<>(before);
        all.add(key);
        return all;
    }

    private static Condition absent(JsonPath path) {
        List<Condition> all =
                new ArrayList<>(List.of(Conditions.isEmpty(path), Conditions.not(Conditions.isNull(path))));
        if (path.keys().size() == 1) {
            all.add(Conditions.isEmpty(
                    JsonPath.of(PayloadKeys.NULL + path.keys().get(0))));
        }
        return Conditions.and(all);
    }

    private Condition holds(Filter.Comparison comparison, JsonPath path) {
        IndexType index = indexes.getOrDefault(path.keys(), IndexType.NONE);
        if (onlyIndexed && index == IndexType.NONE) {
            throw new Otherwise(
                    path + " (expected: a key with a payload index, as the collection's strict mode has it)");
        }
        Comparing comparing = new Comparing(path, index);
        Operator operator = comparison.operator();
        return switch (operator) {
            case EQ, IN, CONTAINS_ANY -> comparing.anyOf(comparison.values());
            case NE, NOT_IN -> comparing.noneOf(operator, comparison.values());
            case GT, GTE, LT, LTE ->
                comparing.order(operator, comparison.values().get(0));
            case EXISTS ->
                throw new Otherwise("EXISTS (expected: another operator; the engine takes an empty list for nothing)");
        };
    }

    /** Conditions on the values at one path. */
    private record Comparing(JsonPath path, IndexType index) {
        Condition anyOf(List<Value> operands) {
            List<Condition> any = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (Value operand : operands) {
                switch (operand.kind()) {
                    case TEXT -> texts.add(((Value.Text) operand).value());
                    case BOOL -> any.add(isBool(((Value.Bool) operand).value()));
                    case INT64, FLOAT64 -> any.add(equal(operand));
                    case NULL, ITEMS, FIELDS -> {} // equal to nothing
                }
            }
            if (!texts.isEmpty()) {
                requireIndex(
                        "a text", IndexType.NONE, IndexType.KEYWORD, IndexType.TEXT, IndexType.BOOL, IndexType.GEO);
                any.add(Conditions.isAnyOf(path, texts));
            }
            return Conditions.or(any);
        }

        /** An element that is a text and none of these, a bool, or a number: an index of keywords holds texts only. */
        Condition noneOf(Operator operator, List<Value> operands) {
            if (index != IndexType.KEYWORD) {
                throw new Otherwise(
                        operator + " of " + path
                                + " (expected: a payload index of keywords on it, or NOT of EQ; the engine takes maps for unequal)");
            }
            List<String> texts = new ArrayList<>();
            for (Value operand : operands) {
                if (operand.kind() != Value.Kind.TEXT) {
                    throw new Otherwise(operator + " of " + operand + " (expected: texts)");
                }
                texts.add(((Value.Text) operand).value());
            }
            return Conditions.or(List.of(
                    Conditions.isNoneOf(path, texts),
                    Conditions.is(path, true),
                    Conditions.is(path, false),
                    Conditions.compares(path, Operator.GTE, -Double.MAX_VALUE)));
        }

        Condition order(Operator operator, Value operand) {
            return switch (operand.kind()) {
                case TEXT ->
                    throw new Otherwise(operator + " of a text (expected: a number; the engine has no order of texts)");
                case INT64, FLOAT64 -> ordered(operator, operand);
                case NULL, BOOL, ITEMS, FIELDS -> Conditions.NOTHING;
            };
        }

        private Condition ordered(Operator operator, Value operand) {
            requireIndexOfNumbers();
            Double bound = comparable(operand);
            if (bound == null) {
                throw tooLarge(operator, operand);
            }
            return index == IndexType.INTEGER
                    ? orderedWhole(operator, bound)
                    : Conditions.compares(path, operator, bound);
        }

        /** The index holds whole numbers only, and so are the bounds that it is asked for. */
        private Condition orderedWhole(Operator operator, double bound) {
            BigDecimal exact = new BigDecimal(bound);
            double floor = exact.setScale(0, RoundingMode.FLOOR).doubleValue();
            double ceiling = exact.setScale(0, RoundingMode.CEILING).doubleValue();
            return switch (operator) {
                case GT -> Conditions.compares(path, Operator.GT, floor);
                case GTE -> Conditions.compares(path, Operator.GTE, ceiling);
                case LT -> Conditions.compares(path, Operator.LT, ceiling);
                case LTE -> Conditions.compares(path, Operator.LTE, floor);
                case EQ, NE, IN, NOT_IN, EXISTS, CONTAINS_ANY ->
                    throw new IllegalArgumentException(operator.toString());
            };
        }

        private Condition isBool(boolean value) {
            requireIndex(
                    "a bool",
                    IndexType.NONE,
                    IndexType.KEYWORD,
                    IndexType.FLOAT,
                    IndexType.BOOL,
                    IndexType.DATETIME,
                    IndexType.UUID,
                    IndexType.TEXT,
                    IndexType.GEO);
            return Conditions.is(path, value);
        }

        private Condition equal(Value operand) {
            requireIndexOfNumbers();
            Double number = comparable(operand);
            if (number != null) {
                if (index == IndexType.INTEGER && number != Math.rint(number)) {
                    throw new Otherwise(
                            path + " = " + number + " (expected: a whole number, as its payload index has)");
                }
                return Conditions.compares(path, Operator.EQ, number);
            } else if (operand instanceof Value.Int64 whole && !isDouble(whole.value())) {
                return Conditions.isWhole(path, whole.value()); // no double equals it
            }
            throw tooLarge(Operator.EQ, operand);
        }

        private void requireIndexOfNumbers() {
            requireIndex(
                    "a number",
                    IndexType.NONE,
                    IndexType.KEYWORD,
                    IndexType.INTEGER,
                    IndexType.FLOAT,
                    IndexType.BOOL,
                    IndexType.TEXT,
                    IndexType.GEO);
        }

        private void requireIndex(String operand, IndexType... able) {
            if (!List.of(able).contains(index)) {
                throw new Otherwise(operand + " for " + path + " (expected: no payload index of type " + index
                        + " on it, which answers by its own values only)");
            }
        }

        private Otherwise tooLarge(Operator operator, Value operand) {
            return new Otherwise(operator + " of " + operand
                    + " (expected: a number below 2^53 with at most 15 digits; the engine compares doubles)");
        }

        /** The operand where all that the engine has is to it as its double is; null where it is not. */
        private static @Nullable Double comparable(Value operand) {
            if (operand instanceof Value.Int64 whole) {
                return Math.abs((double) whole.value()) < EXACT ? (double) whole.value() : null;
            }
            double number = ((Value.Float64) operand).value();
            boolean isBelow = Math.abs(number) < EXACT;
            boolean isBeyond = Math.abs(number) > BEYOND_WHOLE && Double.isFinite(number);
            return (isBelow || isBeyond) && Doubles.isKept(number) ? number : null;
        }

        private static boolean isDouble(long number) {
            return BigDecimal.valueOf(number).compareTo(new BigDecimal((double) number)) == 0;
        }
    }
}
