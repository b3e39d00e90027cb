package io.crossfade.proxy.wire;

import io.crossfade.proxy.model.Filter;
import io.crossfade.v1.Comparison;
import io.crossfade.v1.Ids;
import java.util.HashSet;
import java.util.List;

/** Translates filters. */
public final class Filters {
    private static final Writing WRITING = new Writing();

    private Filters() {}

    public static Filter read(io.crossfade.v1.Filter message) {
        return switch (message.getKindCase()) {
            case AND -> new Filter.And(Repeated.read("and", message.getAnd().getFiltersList(), Filters::read));
            case OR -> new Filter.Or(Repeated.read("or", message.getOr().getFiltersList(), Filters::read));
            case NOT -> readNot(message.getNot());
            case COMPARISON -> readComparison(message.getComparison());
            case ID_IN -> new Filter.IdIn(new HashSet<>(message.getIdIn().getIdsList()));
            case KIND_NOT_SET ->
                throw ShapeException.malformed("no condition (expected: one of and, or, not, comparison, id_in)");
        };
    }

    private static Filter readNot(io.crossfade.v1.Filter operand) {
        try {
            return new Filter.Not(read(operand));
        } catch (ShapeException e) {
            throw e.under("not");
        }
    }

    private static Filter readComparison(Comparison message) {
        try {
            return new Filter.Comparison(
                    message.getKey(),
                    readOperator(message),
                    Repeated.read("values", message.getValuesList(), Values::read));
        } catch (ShapeException e) {
            throw e.under("comparison");
        }
    }

    private static Filter.Operator readOperator(Comparison message) {
        return Operators.read(message.getOperator())
                .orElseThrow(
                        () -> ShapeException.malformed(ShortNames.of(message.getOperator(), message.getOperatorValue())
                                        + " (expected: one of " + List.of(Filter.Operator.values()) + ")")
                                .under("operator"));
    }

    public static io.crossfade.v1.Filter write(Filter filter) {
        return filter.match(WRITING).build();
    }

    /** The message of each form of a filter. */
    private static final class Writing implements Filter.Cases<io.crossfade.v1.Filter.Builder> {
        @Override
        public io.crossfade.v1.Filter.Builder and(Filter.And and) {
            return message().setAnd(write(and.filters()));
        }

        @Override
        public io.crossfade.v1.Filter.Builder or(Filter.Or or) {
            return message().setOr(write(or.filters()));
        }

        @Override
        public io.crossfade.v1.Filter.Builder not(Filter.Not not) {
            return message().setNot(write(not.filter()));
        }

        @Override
        public io.crossfade.v1.Filter.Builder idIn(Filter.IdIn in) {
            return message().setIdIn(Ids.newBuilder().addAllIds(in.ids()));
        }

        @Override
        public io.crossfade.v1.Filter.Builder comparison(Filter.Comparison comparison) {
            return message().setComparison(write(comparison));
        }

        private static io.crossfade.v1.Filter.Builder message() {
            return io.crossfade.v1.Filter.newBuilder();
        }
    }

    private static io.crossfade.v1.Filters write(List<Filter> filters) {
        io.crossfade.v1.Filters.Builder message = io.crossfade.v1.Filters.newBuilder();
        filters.forEach(filter -> message.addFilters(write(filter)));
        return message.build();
    }

    private static Comparison write(Filter.Comparison comparison) {
        Comparison.Builder message =
                Comparison.newBuilder().setKey(comparison.key()).setOperator(Operators.write(comparison.operator()));
        comparison.values().forEach(value -> message.addValues(Values.write(value)));
        return message.build();
    }
}
