package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Filter.Operator;
import io.crossfade.proxy.model.Value;
import java.util.List;
import java.util.TreeSet;

/** Checks that a filter is well formed, not too large, and within what the serving index answers. */
final class FilterCheck {
    private static final int CONDITIONS = 1000;
    private static final int IDS = 10_000;
    private static final int VALUES = 1000;

    private final Findings findings;
    private final Description description;
    private int conditions;

    FilterCheck(Findings findings, Description description) {
        this.findings = findings;
        this.description = description;
    }

    void check(Place place, Filter filter) {
        if (++conditions > CONDITIONS) {
            if (conditions == CONDITIONS + 1) {
                findings.invalid(place, "too many conditions (expected: at most " + CONDITIONS + ")");
            }
        } else if (filter instanceof Filter.And and) {
            checkAll(place, "and", and.filters());
        } else if (filter instanceof Filter.Or or) {
            checkAll(place, "or", or.filters());
        } else if (filter instanceof Filter.Not not) {
            check(place.part("not"), not.filter());
        } else if (filter instanceof Filter.IdIn in) {
            checkIds(place.part("id_in"), in);
        } else {
            checkComparison(place.part("comparison"), (Filter.Comparison) filter);
        }
    }

    private void checkAll(Place place, String kind, List<Filter> filters) {
        if (filters.isEmpty()) {
            findings.invalid(place.part(kind), "empty (expected: at least 1 filter)");
        }
        for (int i = 0; i < filters.size(); i++) {
            check(place.part(kind, i), filters.get(i));
        }
    }

    private void checkIds(Place place, Filter.IdIn in) {
        if (in.ids().isEmpty() || in.ids().size() > IDS) {
            findings.invalid(place, in.ids().size() + " ids (expected: 1 to " + IDS + ")");
            return;
        }
        int most = description.limits().idBytes();
        for (String id : in.ids()) {
            if (id.isEmpty() || !Utf8.fits(id, most)) {
                findings.invalid(place, "an id of " + Utf8.size(id) + " bytes (expected: 1 to " + most + ")");
                return;
            }
        }
    }

    private void checkComparison(Place place, Filter.Comparison comparison) {
        String key = comparison.key();
        if (key.isEmpty() || key.startsWith(MetadataCheck.RESERVED)) {
            findings.invalid(
                    place.part("key"),
                    VectorCheck.quoted(key) + " (expected: a metadata key, not beginning with " + MetadataCheck.RESERVED
                            + ")");
        }
        checkCount(place.part("values"), comparison);
        for (int i = 0; i < comparison.values().size(); i++) {
            checkValue(place, i, comparison);
        }
        if (!description.filterOperators().contains(comparison.operator())) {
            findings.unmet(
                    place.part("operator"),
                    comparison.operator() + " (expected: one of " + new TreeSet<>(description.filterOperators())
                            + ", which index " + description.servingIndex() + " answers)");
        }
    }

    private void checkCount(Place place, Filter.Comparison comparison) {
        int count = comparison.values().size();
        int least = comparison.operator() == Operator.EXISTS ? 0 : 1;
        int most = most(comparison.operator());
        if (count < least || count > most) {
            findings.invalid(
                    place,
                    count + " for " + comparison.operator() + " (expected: "
                            + (least == most ? Integer.toString(most) : least + " to " + most) + ")");
        }
    }

    private static int most(Operator operator) {
        return switch (operator) {
            case EXISTS -> 0;
            case EQ, NE, GT, GTE, LT, LTE -> 1;
            case IN, NOT_IN, CONTAINS_ANY -> VALUES;
        };
    }

    private void checkValue(Place place, int position, Filter.Comparison comparison) {
        Value value = comparison.values().get(position);
        boolean text = value instanceof Value.Text;
        boolean number = value instanceof Value.Int64
                || (value instanceof Value.Float64 float64 && !Double.isNaN(float64.value()));
        if (isOrder(comparison.operator()) && !text && !number) {
            findings.invalid(place.part("values", position), "cannot be ordered (expected: a number or string)");
        } else if (!text && !number && !(value instanceof Value.Bool)) {
            findings.invalid(
                    place.part("values", position), "null, NaN, list or map (expected: a bool, number or string)");
        }
    }

    private static boolean isOrder(Operator operator) {
        return switch (operator) {
            case GT, GTE, LT, LTE -> true;
            case EQ, NE, IN, NOT_IN, EXISTS, CONTAINS_ANY -> false;
        };
    }
}
