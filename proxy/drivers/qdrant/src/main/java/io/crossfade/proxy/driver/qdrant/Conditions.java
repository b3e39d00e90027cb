package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.model.Filter;
import io.qdrant.client.grpc.Common;
import io.qdrant.client.grpc.Common.Condition;
import java.util.Collection;
import java.util.List;

/** The engine's conditions, by short names. */
final class Conditions {
    static final Condition NOTHING = Condition.newBuilder()
            .setHasId(Common.HasIdCondition.getDefaultInstance())
            .build();
    static final Condition EVERYTHING = not(NOTHING);

    private Conditions() {}

    static Condition and(List<Condition> all) {
        return switch (all.size()) {
            case 0 -> EVERYTHING;
            case 1 -> all.get(0);
            default -> of(Common.Filter.newBuilder().addAllMust(all));
        };
    }

    static Condition or(List<Condition> any) {
        return switch (any.size()) {
            case 0 -> NOTHING;
            case 1 -> any.get(0);
            default -> of(Common.Filter.newBuilder().addAllShould(any));
        };
    }

    static Condition not(Condition condition) {
        return of(Common.Filter.newBuilder().addMustNot(condition));
    }

    private static Condition of(Common.Filter.Builder filter) {
        return Condition.newBuilder().setFilter(filter).build();
    }

    static Condition hasId(Collection<Common.PointId> ids) {
        return Condition.newBuilder()
                .setHasId(Common.HasIdCondition.newBuilder().addAllHasId(ids))
                .build();
    }

    /** Missing, null, or a list without elements. */
    static Condition isEmpty(JsonPath path) {
        return Condition.newBuilder()
                .setIsEmpty(Common.IsEmptyCondition.newBuilder().setKey(path.toString()))
                .build();
    }

    /** Null, or a list with one in it. */
    static Condition isNull(JsonPath path) {
        return Condition.newBuilder()
                .setIsNull(Common.IsNullCondition.newBuilder().setKey(path.toString()))
                .build();
    }

    /** Is one of these texts, or has one as an element. */
    static Condition isAnyOf(JsonPath path, Collection<String> texts) {
        return field(path)
                .setMatch(Common.Match.newBuilder()
                        .setKeywords(Common.RepeatedStrings.newBuilder().addAllStrings(texts)))
                .buildCondition();
    }

    static Condition isNoneOf(JsonPath path, Collection<String> texts) {
        return field(path)
                .setMatch(Common.Match.newBuilder()
                        .setExceptKeywords(Common.RepeatedStrings.newBuilder().addAllStrings(texts)))
                .buildCondition();
    }

    static Condition is(JsonPath path, boolean value) {
        return field(path).setMatch(Common.Match.newBuilder().setBoolean(value)).buildCondition();
    }

    static Condition isWhole(JsonPath path, long number) {
        return field(path)
                .setMatch(Common.Match.newBuilder().setInteger(number))
                .buildCondition();
    }

    /** A number, of any kind, in this order to the bound. */
    static Condition compares(JsonPath path, Filter.Operator order, double bound) {
        Common.Range.Builder range = Common.Range.newBuilder();
        switch (order) {
            case GT -> range.setGt(bound);
            case GTE -> range.setGte(bound);
            case LT -> range.setLt(bound);
            case LTE -> range.setLte(bound);
            case EQ -> range.setGte(bound).setLte(bound);
            case NE, IN, NOT_IN, EXISTS, CONTAINS_ANY ->
                throw new IllegalArgumentException(order + " (expected: an order)");
        }
        return field(path).setRange(range).buildCondition();
    }

    private static Field field(JsonPath path) {
        return new Field(Common.FieldCondition.newBuilder().setKey(path.toString()));
    }

    private record Field(Common.FieldCondition.Builder builder) {
        Field setMatch(Common.Match.Builder match) {
            builder.setMatch(match);
            return this;
        }

        Field setRange(Common.Range.Builder range) {
            builder.setRange(range);
            return this;
        }

        Condition buildCondition() {
            return Condition.newBuilder().setField(builder).build();
        }
    }
}
