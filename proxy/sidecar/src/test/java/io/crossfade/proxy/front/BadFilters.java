package io.crossfade.proxy.front;

import static io.crossfade.proxy.front.Requests.and;
import static io.crossfade.proxy.front.Requests.comparison;
import static io.crossfade.proxy.front.Requests.equal;
import static io.crossfade.proxy.front.Requests.not;
import static io.crossfade.proxy.front.Requests.number;
import static io.crossfade.proxy.front.Requests.or;

import io.crossfade.proxy.front.BadInputTable.Row;
import io.crossfade.v1.Comparison.Operator;
import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.Filter;
import io.crossfade.v1.FilteredDelete;
import io.crossfade.v1.FilteredPatch;
import io.crossfade.v1.MetadataPatch;
import io.crossfade.v1.UpdateMetadataRequest;
import java.util.stream.Stream;

/** Rows: changes by filter that must not happen. */
final class BadFilters {
    private static final String INVALID = "INVALID_ARGUMENT";
    private static final String UNMET = "FAILED_PRECONDITION";

    private BadFilters() {}

    static Stream<Row> matching() {
        return Stream.of(
                delete("no filter", INVALID + ": filter: none", FilteredDelete.newBuilder()),
                delete(
                        "empty filter",
                        INVALID + ": filter: no condition",
                        FilteredDelete.newBuilder().setFilter(Filter.getDefaultInstance())),
                delete(
                        "and of nothing",
                        INVALID + ": filter.and: empty",
                        FilteredDelete.newBuilder().setFilter(and())),
                delete(
                        "always true",
                        INVALID + ": filter: always true",
                        FilteredDelete.newBuilder().setFilter(or(equal(1), not(equal(1))))),
                delete(
                        "always true, hidden",
                        INVALID + ": filter: always true",
                        FilteredDelete.newBuilder()
                                .setFilter(or(and(equal(1), equal(2)), not(equal(2)), not(equal(1))))),
                delete(
                        "more matches than max_matched",
                        UNMET + ": matched: 20 documents (expected: at most 10, or" + " expected_count: 20)",
                        FilteredDelete.newBuilder().setFilter(comparison("number", Operator.OPERATOR_EXISTS))),
                delete(
                        "other matches than expected",
                        UNMET + ": expected_count: 19 (expected: 20",
                        FilteredDelete.newBuilder()
                                .setFilter(comparison("number", Operator.OPERATOR_EXISTS))
                                .setExpectedCount(19)),
                new Row(
                        "update of always true",
                        INVALID + ": filter: always true",
                        vectors -> vectors.updateMetadata(UpdateMetadataRequest.newBuilder()
                                .setCollection("products")
                                .setFiltered(FilteredPatch.newBuilder()
                                        .setFilter(or(equal(1), not(equal(1))))
                                        .setPatch(MetadataPatch.newBuilder().putSet("x", number(1))))
                                .build())),
                new Row(
                        "update of too many",
                        UNMET + ": matched: 20",
                        vectors -> vectors.updateMetadata(UpdateMetadataRequest.newBuilder()
                                .setCollection("products")
                                .setFiltered(FilteredPatch.newBuilder()
                                        .setFilter(comparison("number", Operator.OPERATOR_EXISTS))
                                        .setPatch(MetadataPatch.newBuilder().putSet("x", number(1))))
                                .build())));
    }

    private static Row delete(String name, String status, FilteredDelete.Builder delete) {
        return new Row(
                name,
                status,
                vectors -> vectors.delete(DeleteRequest.newBuilder()
                        .setCollection("products")
                        .setFiltered(delete)
                        .build()));
    }
}
