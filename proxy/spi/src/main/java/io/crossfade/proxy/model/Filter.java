package io.crossfade.proxy.model;

import java.util.List;
import java.util.Set;

/**
 * A condition on metadata or id. The proto file says what each form means; {@link FilterEvaluator} is the reference.
 */
public sealed interface Filter {
    /** The answer of the case that this filter is. */
    <R> R match(Cases<R> cases);

    /**
     * A case for each form of a filter: what translates or evaluates filters implements it, and descends into their
     * parts by {@code part.match(this)}. A further form is a further method, so that whoever lacks it does not compile.
     *
     * @param <R> what becomes of a filter
     */
    interface Cases<R> {
        R and(And and);

        R or(Or or);

        R not(Not not);

        R idIn(IdIn in);

        R comparison(Comparison comparison);
    }

    record And(List<Filter> filters) implements Filter {
        public And {
            filters = List.copyOf(filters);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.and(this);
        }
    }

    record Or(List<Filter> filters) implements Filter {
        public Or {
            filters = List.copyOf(filters);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.or(this);
        }
    }

    record Not(Filter filter) implements Filter {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.not(this);
        }
    }

    record IdIn(Set<String> ids) implements Filter {
        public IdIn {
            ids = Set.copyOf(ids);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.idIn(this);
        }
    }

    /**
     * @param key metadata key; a dot steps into a map
     * @param values as many as the operator takes
     */
    record Comparison(String key, Operator operator, List<Value> values) implements Filter {
        public Comparison {
            values = List.copyOf(values);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.comparison(this);
        }
    }

    enum Operator {
        EQ,
        NE,
        IN,
        NOT_IN,
        GT,
        GTE,
        LT,
        LTE,
        EXISTS,
        CONTAINS_ANY
    }
}
