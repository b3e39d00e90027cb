package io.crossfade.proxy.model;

import java.util.List;
import java.util.Set;

/**
 * A condition on metadata or id. The proto file says what each form means; {@link FilterEvaluator} is the reference.
 */
public sealed interface Filter {
    record And(List<Filter> filters) implements Filter {
        public And {
            filters = List.copyOf(filters);
        }
    }

    record Or(List<Filter> filters) implements Filter {
        public Or {
            filters = List.copyOf(filters);
        }
    }

    record Not(Filter filter) implements Filter {}

    record IdIn(Set<String> ids) implements Filter {
        public IdIn {
            ids = Set.copyOf(ids);
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
