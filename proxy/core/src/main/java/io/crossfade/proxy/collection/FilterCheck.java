package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Filter.Operator;
import io.crossfade.proxy.model.Value;
import java.util.List;
import java.util.TreeSet;

/**
 * Checks that a filter is well formed, not too large, and within what the serving index answers. As long as it is not known
 * what it answers, whoever serves the call has to reach the index before the check counts.
 */
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

    /** Adds what is wrong with a filter to the findings, and returns them. */
    Findings check(Place place, Filter filter) {
        if (++conditions > CONDITIONS) {
            if (conditions == CONDITIONS + 1) {
                findings.invalid(place, "too many conditions (expected: at most " + CONDITIONS + ")");
            }
            return findings;
        }
        return filter.match(new At(place));
    }

    /** The check of each form of a filter, where it stands. */
    private final class At implements Filter.Cases<Findings> {
        private final Place place;

        At(Place place) {
            this.place = place;
        }

        @Override
        public Findings and(Filter.And and) {
            return checkAll(place, "and", and.filters());
        }

        @Override
        public Findings or(Filter.Or or) {
            return checkAll(place, "or", or.filters());
        }

        @Override
        public Findings not(Filter.Not not) {
            return check(place.part("not"), not.filter());
        }

        @Override
        public Findings idIn(Filter.IdIn in) {
            return checkIds(place.part("id_in"), in);
        }

        @Override
        public Findings comparison(Filter.Comparison comparison) {
            return checkComparison(place.part("comparison"), comparison);
        }
    }

    private Findings checkAll(Place place, String kind, List<Filter> filters) {
        if (filters.isEmpty()) {
            findings.invalid(place.part(kind), "empty (expected: at least 1 filter)");
        }
        for (int i = 0; i < filters.size(); i++) {
            check(place.part(kind, i), filters.get(i));
        }
        return findings;
    }

    private Findings checkIds(Place place, Filter.IdIn in) {
        if (in.ids().isEmpty() || in.ids().size() > IDS) {
            findings.invalid(place, in.ids().size() + " ids (expected: 1 to " + IDS + ")");
            return findings;
        }
        int most = description.limits().idBytes();
        for (String id : in.ids()) {
            if (id.isEmpty() || !Utf8.fits(id, most)) {
                findings.invalid(place, "an id of " + Utf8.size(id) + " bytes (expected: 1 to " + most + ")");
                return findings;
            }
        }
        return findings;
    }

    private Findings checkComparison(Place place, Filter.Comparison comparison) {
        String key = comparison.key();
        if (key.isEmpty() || key.startsWith(MetadataCheck.RESERVED)) {
            findings.invalid(
                    place.part("key"),
                    SentVectorCheck.quoted(key) + " (expected: a metadata key, not beginning with "
                            + MetadataCheck.RESERVED + ")");
        }
        checkCount(place.part("values"), comparison);
        for (int i = 0; i < comparison.values().size(); i++) {
            checkValue(place, i, comparison);
        }
        if (description.operatorsKnown() && !description.filterOperators().contains(comparison.operator())) {
            findings.unmet(
                    place.part("operator"),
                    comparison.operator() + " (expected: one of " + new TreeSet<>(description.filterOperators())
                            + ", which index " + description.servingIndex() + " answers)");
        }
        return findings;
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
        if (isOrder(comparison.operator()) && !isOrdered(value)) {
            findings.invalid(place.part("values", position), "cannot be ordered (expected: a number or string)");
        } else if (!isOrdered(value) && !(value instanceof Value.Bool)) {
            findings.invalid(
                    place.part("values", position), "null, NaN, list or map (expected: a bool, number or string)");
        }
    }

    private static boolean isOrdered(Value value) {
        return switch (value.kind()) {
            case TEXT, INT64 -> true;
            case FLOAT64 -> !Double.isNaN(((Value.Float64) value).value());
            case NULL, BOOL, ITEMS, FIELDS -> false;
        };
    }

    private static boolean isOrder(Operator operator) {
        return switch (operator) {
            case GT, GTE, LT, LTE -> true;
            case EQ, NE, IN, NOT_IN, EXISTS, CONTAINS_ANY -> false;
        };
    }
}
