package io.crossfade.proxy.wire;

import io.crossfade.proxy.model.Filter;
import io.crossfade.v1.Comparison;
import java.util.Optional;

/** Translates operators of comparisons. */
public final class Operators {
    private Operators() {}

    /** Reads an operator; empty if it is unspecified, or of a later version of the API. */
    public static Optional<Filter.Operator> read(Comparison.Operator operator) {
        return switch (operator) {
            case OPERATOR_EQ -> Optional.of(Filter.Operator.EQ);
            case OPERATOR_NE -> Optional.of(Filter.Operator.NE);
            case OPERATOR_IN -> Optional.of(Filter.Operator.IN);
            case OPERATOR_NOT_IN -> Optional.of(Filter.Operator.NOT_IN);
            case OPERATOR_GT -> Optional.of(Filter.Operator.GT);
            case OPERATOR_GTE -> Optional.of(Filter.Operator.GTE);
            case OPERATOR_LT -> Optional.of(Filter.Operator.LT);
            case OPERATOR_LTE -> Optional.of(Filter.Operator.LTE);
            case OPERATOR_EXISTS -> Optional.of(Filter.Operator.EXISTS);
            case OPERATOR_CONTAINS_ANY -> Optional.of(Filter.Operator.CONTAINS_ANY);
            case OPERATOR_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    public static Comparison.Operator write(Filter.Operator operator) {
        return switch (operator) {
            case EQ -> Comparison.Operator.OPERATOR_EQ;
            case NE -> Comparison.Operator.OPERATOR_NE;
            case IN -> Comparison.Operator.OPERATOR_IN;
            case NOT_IN -> Comparison.Operator.OPERATOR_NOT_IN;
            case GT -> Comparison.Operator.OPERATOR_GT;
            case GTE -> Comparison.Operator.OPERATOR_GTE;
            case LT -> Comparison.Operator.OPERATOR_LT;
            case LTE -> Comparison.Operator.OPERATOR_LTE;
            case EXISTS -> Comparison.Operator.OPERATOR_EXISTS;
            case CONTAINS_ANY -> Comparison.Operator.OPERATOR_CONTAINS_ANY;
        };
    }
}
