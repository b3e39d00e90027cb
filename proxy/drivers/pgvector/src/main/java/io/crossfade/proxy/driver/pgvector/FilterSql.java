package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter as a condition on row {@code t}, which means what {@link io.crossfade.proxy.model.FilterEvaluator} says. No condition
 * is ever NULL, so that NOT is the opposite. Equality is containment ({@code @>}), which compares numbers by value and texts by
 * their bytes, and sees into lists; order is asked of each element, of texts by their bytes.
 */
final class FilterSql implements Filter.Cases<Sql> {
    private static final int MOST_DOTS = 32;
    private static final String ELEMENTS =
            "jsonb_array_elements(CASE jsonb_typeof(v.v) WHEN 'array' THEN v.v ELSE jsonb_build_array(v.v) END) AS e(e)";
    private static final String NEVER = "FALSE";

    private final Table table;

    FilterSql(Table table) {
        this.table = table;
    }

    @Override
    public Sql and(Filter.And and) {
        return joined(and.filters(), " AND ", "TRUE");
    }

    @Override
    public Sql or(Filter.Or or) {
        return joined(or.filters(), " OR ", NEVER);
    }

    private Sql joined(List<Filter> filters, String word, String ifNone) {
        if (filters.isEmpty()) {
            return new Sql().add(ifNone);
        }
        Sql joined = new Sql().add("(");
        for (int i = 0; i < filters.size(); i++) {
            joined.add(i == 0 ? "" : word).add(filters.get(i).match(this));
        }
        return joined.add(")");
    }

    @Override
    public Sql not(Filter.Not not) {
        return new Sql().add("NOT ").add(not.filter().match(this));
    }

    @Override
    public Sql idIn(Filter.IdIn in) {
        KeyColumn id = table.keys().stream()
                .filter(key -> !key.isNamespace())
                .findFirst()
                .orElseThrow();
        List<String> held = in.ids().stream().filter(id::canHold).sorted().toList();
        return new Sql()
                .add("(t." + id.quoted() + " = ANY(")
                .value(new Sql.TextArray(held), id.castAll("?"))
                .add("))");
    }

    @Override
    public Sql comparison(Filter.Comparison comparison) {
        List<Value> operands = comparison.values();
        return switch (comparison.operator()) {
            case EXISTS -> new Sql().add("(").add(value(comparison.key())).add(" IS NOT NULL)");
            case EQ, IN, CONTAINS_ANY -> equal(comparison.key(), operands);
            case NE, NOT_IN -> unequal(comparison.key(), operands);
            case GT -> ordered(comparison.key(), ">", operands.get(0));
            case GTE -> ordered(comparison.key(), ">=", operands.get(0));
            case LT -> ordered(comparison.key(), "<", operands.get(0));
            case LTE -> ordered(comparison.key(), "<=", operands.get(0));
        };
    }

    private Sql equal(String key, List<Value> operands) {
        List<String> scalars = scalars(operands);
        if (scalars.isEmpty()) {
            return new Sql().add(NEVER);
        }
        Table.JsonColumn metadata = table.metadata();
        if (metadata != null && isInMetadata(key) && metadata.isBinary() && metadata.isNeverNull()) {
            // The form that an index of the column answers.
            return new Sql()
                    .add("(" + metadata.jsonb() + " @> ANY(")
                    .value(contained(key, scalars), "?::text[]::jsonb[]")
                    .add("))");
        }
        return new Sql()
                .add("COALESCE(")
                .add(value(key))
                .add(" @> ANY(")
                .value(new Sql.TextArray(scalars), "?::text[]::jsonb[]")
                .add("), FALSE)");
    }

    private boolean isInMetadata(String key) {
        return key.indexOf('.') < 0 && !table.columns().containsKey(key) && Texts.isHeld(key);
    }

    /** Metadata in which the key has one of the values, or a list with it. */
    private static Sql.TextArray contained(String key, List<String> scalars) {
        String name = json(Value.of(key));
        List<String> all = new ArrayList<>();
        for (String scalar : scalars) {
            all.add("{" + name + ":" + scalar + "}");
            all.add("{" + name + ":[" + scalar + "]}");
        }
        return new Sql.TextArray(all);
    }

    private Sql unequal(String key, List<Value> operands) {
        return ofElements(
                key,
                new Sql()
                        .add("jsonb_typeof(e.e) IN ('string', 'number', 'boolean') AND NOT e.e = ANY(")
                        .value(new Sql.TextArray(scalars(operands)), "?::text[]::jsonb[]")
                        .add(")"));
    }

    private Sql ordered(String key, String operator, Value operand) {
        Sql condition = operand instanceof Value.Text text
                ? orderedText(operator, text.value())
                : orderedNumber(operator, operand);
        return condition == null ? new Sql().add(NEVER) : ofElements(key, condition);
    }

    /** No row has U+0000: what is more than a text with one is more than what stands before it there, and not equal to that. */
    private static Sql orderedText(String operator, String text) {
        int nul = text.indexOf(0);
        String least = nul < 0 ? text : text.substring(0, nul);
        String compared = nul < 0 ? operator : operator.startsWith(">") ? ">" : "<=";
        return new Sql()
                .add("jsonb_typeof(e.e) = 'string' AND (e.e #>> '{}') COLLATE \"C\" " + compared + " ")
                .value(least, "?::text");
    }

    private static @Nullable Sql orderedNumber(String operator, Value operand) {
        if (operand instanceof Value.Float64 number && !Double.isFinite(number.value())) {
            boolean isAll = operator.startsWith("<") ? number.value() > 0 : number.value() < 0;
            return isAll && !Double.isNaN(number.value()) ? new Sql().add("jsonb_typeof(e.e) = 'number'") : null;
        }
        return switch (operand.kind()) {
            case INT64, FLOAT64 ->
                new Sql()
                        .add("jsonb_typeof(e.e) = 'number' AND e.e " + operator + " ")
                        .value(json(operand), "?::text::jsonb");
            case NULL, BOOL, TEXT, ITEMS, FIELDS -> null;
        };
    }

    private Sql ofElements(String key, Sql condition) {
        return new Sql()
                .add("EXISTS (SELECT FROM (SELECT ")
                .add(value(key))
                .add(" AS v) v, LATERAL " + ELEMENTS + " WHERE ")
                .add(condition)
                .add(")");
    }

    /** Those of the operands that something can be equal to, as JSON. */
    private static List<String> scalars(List<Value> operands) {
        return operands.stream()
                .filter(FilterSql::canBeEqual)
                .map(FilterSql::json)
                .collect(Collectors.toList());
    }

    private static boolean canBeEqual(Value operand) {
        return switch (operand.kind()) {
            case BOOL, INT64 -> true;
            case FLOAT64 -> Double.isFinite(((Value.Float64) operand).value());
            case TEXT -> Texts.isHeld(((Value.Text) operand).value());
            case NULL, ITEMS, FIELDS -> false;
        };
    }

    private static String json(Value value) {
        try {
            return Json.text("filter", value);
        } catch (Refusal e) {
            throw new IllegalStateException("what cannot be held has been left out", e);
        }
    }

    /** What row {@code t} has under the key, as jsonb: the whole key is tried before its dots step into maps. */
    private Sql value(String key) {
        long dots = key.chars().filter(each -> each == '.').count();
        if (dots > MOST_DOTS) {
            throw new IndexException(
                    IndexException.Kind.INVALID, "filter key: " + dots + " dots (expected: at most " + MOST_DOTS + ")");
        }
        int dot = key.indexOf('.');
        return dot < 0 ? top(key) : either(top(key), within(top(key.substring(0, dot)), key.substring(dot + 1)));
    }

    private static Sql within(Sql map, String key) {
        int dot = key.indexOf('.');
        Sql whole = field(map, key);
        return dot < 0 ? whole : either(whole, within(field(map, key.substring(0, dot)), key.substring(dot + 1)));
    }

    private static Sql either(Sql first, Sql second) {
        return new Sql().add("COALESCE(").add(first).add(", ").add(second).add(")");
    }

    private Sql top(String key) {
        MetadataColumn column = table.columns().get(key);
        Table.JsonColumn metadata = table.metadata();
        if (column != null) {
            return new Sql().add("(" + column.json() + ")");
        }
        return metadata == null ? new Sql().add("NULL::jsonb") : field(new Sql().add(metadata.jsonb()), key);
    }

    /** NULL, unless it is a map that has the key. */
    private static Sql field(Sql map, String key) {
        if (!Texts.isHeld(key)) {
            return new Sql().add("NULL::jsonb");
        }
        return new Sql().add("(").add(map).add(" -> ").value(key, "?::text").add(")");
    }
}
