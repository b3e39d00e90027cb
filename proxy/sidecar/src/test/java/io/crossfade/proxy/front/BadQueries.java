package io.crossfade.proxy.front;

import static io.crossfade.proxy.front.Requests.and;
import static io.crossfade.proxy.front.Requests.comparison;
import static io.crossfade.proxy.front.Requests.equal;
import static io.crossfade.proxy.front.Requests.list;
import static io.crossfade.proxy.front.Requests.not;
import static io.crossfade.proxy.front.Requests.number;
import static io.crossfade.proxy.front.Requests.or;
import static io.crossfade.proxy.front.Requests.text;
import static io.crossfade.proxy.front.Requests.vector;

import com.google.protobuf.NullValue;
import io.crossfade.proxy.front.BadInputTable.Row;
import io.crossfade.v1.Comparison;
import io.crossfade.v1.Comparison.Operator;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.Filter;
import io.crossfade.v1.Ids;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.QueryBatchRequest;
import io.crossfade.v1.QueryRequest;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.Slice;
import io.crossfade.v1.Value;
import java.util.stream.Stream;

/** Rows: questions that cannot be answered. */
final class BadQueries {
    private static final String INVALID = "INVALID_ARGUMENT";
    private static final String UNMET = "FAILED_PRECONDITION";

    private BadQueries() {}

    static Stream<Row> queries() {
        return Stream.of(
                query(
                        "a parameter without value, and top_k 0",
                        INVALID + ": params.ef: no value (expected: one of null, bool, int64, double, string, list,"
                                + " map); top_k: 0 (expected: 1 to 1000)",
                        byText().setTopK(0).putParams("ef", Value.getDefaultInstance())),
                query("top_k 0", INVALID + ": top_k: 0 (expected: 1 to 1000)", byText().setTopK(0)),
                query("top_k over the limit", INVALID + ": top_k: 1001", byText().setTopK(1001)),
                query("top_k beyond 31 bits", INVALID + ": top_k: 4294967295", byText().setTopK(-1)),
                query(
                        "offset over the limit",
                        INVALID + ": offset: 991 (expected: at most 990",
                        byText().setTopK(10).setOffset(991)),
                query("offset beyond 31 bits", INVALID + ": offset: 4294967295", byText().setOffset(-1)),
                query(
                        "nothing to look for",
                        INVALID + ": vectors: none, and neither text nor id",
                        byText().setText("")),
                query(
                        "wrong dimension in a query",
                        INVALID + ": vectors[0]: 3 dimensions",
                        byVector(vector("bge", 1, 2, 3))),
                query(
                        "NaN in a query",
                        INVALID + ": vectors[0]: NaN at dimension 1",
                        byVector(vector("bge", 1, Float.NaN, 3, 4))),
                query(
                        "unknown space in a query",
                        INVALID + ": vectors[0].space: \"other\"",
                        byVector(vector("other", 1, 2, 3, 4))),
                query(
                        "old space in a query",
                        UNMET + ": vectors: no vector of space bge but of minilm",
                        byVector(vector("minilm", 1, 2, 3, 4))),
                query(
                        "text without an embedder",
                        UNMET + ": vectors: no vector of space raw-bge (expected",
                        byText().setCollection("raw")),
                query("unknown field", INVALID + ": field: \"title\"", byText().setField("title")),
                query(
                        "another field's vector",
                        INVALID + ": vectors[0].field: \"title\"",
                        byVector(vector("bge", 1, 2, 3, 4).toBuilder()
                                .setField("title")
                                .build())),
                query(
                        "score of an unknown space",
                        INVALID + ": min_score: \"other\"",
                        byText().putMinScore("other", 0.5)),
                query("unknown collection", "NOT_FOUND: collection: nothing", byText().setCollection("nothing")),
                new Row(
                        "one bad query of a batch",
                        INVALID + ": queries[1].top_k: 0",
                        vectors -> vectors.queryBatch(QueryBatchRequest.newBuilder()
                                .addQueries(byText())
                                .addQueries(byText().setTopK(0))
                                .build())),
                new Row(
                        "two collections in a batch",
                        INVALID + ": queries[1].collection: raw",
                        vectors -> vectors.queryBatch(QueryBatchRequest.newBuilder()
                                .addQueries(byText())
                                .addQueries(byText().setCollection("raw"))
                                .build())));
    }

    static Stream<Row> filters() {
        return Stream.of(
                count("empty filter", INVALID + ": filter: no condition", Filter.getDefaultInstance()),
                count("empty and", INVALID + ": filter.and: empty", and()),
                count("empty or inside", INVALID + ": filter.and[1].not.or: empty", and(equal(1), not(or()))),
                count(
                        "no operator",
                        INVALID + ": filter.comparison.operator: UNSPECIFIED (expected: one of [EQ, NE,",
                        Filter.newBuilder()
                                .setComparison(Comparison.newBuilder().setKey("k"))
                                .build()),
                count(
                        "operator of a later version",
                        INVALID + ": filter.comparison.operator: 77 (expected: one of [EQ, NE,",
                        Filter.newBuilder()
                                .setComparison(
                                        Comparison.newBuilder().setKey("k").setOperatorValue(77))
                                .build()),
                count(
                        "null of a later version",
                        INVALID + ": filter.comparison.values[0].null_value: 1 (expected: NULL_VALUE)",
                        comparison(
                                "k",
                                Operator.OPERATOR_EQ,
                                Value.newBuilder().setNullValueValue(1).build())),
                count("no key", INVALID + ": filter.comparison.key: \"\"", comparison("", Operator.OPERATOR_EXISTS)),
                count(
                        "reserved key",
                        INVALID + ": filter.comparison.key: \"_cf_v\"",
                        comparison("_cf_v", Operator.OPERATOR_EXISTS)),
                count(
                        "two values",
                        INVALID + ": filter.comparison.values: 2 for EQ (expected: 1)",
                        comparison("k", Operator.OPERATOR_EQ, number(1), number(2))),
                count(
                        "no values",
                        INVALID + ": filter.comparison.values: 0 for IN (expected: 1 to 1000)",
                        comparison("k", Operator.OPERATOR_IN)),
                count(
                        "null",
                        INVALID + ": filter.comparison.values[0]: null",
                        comparison(
                                "k",
                                Operator.OPERATOR_EQ,
                                Value.newBuilder()
                                        .setNullValue(NullValue.NULL_VALUE)
                                        .build())),
                count(
                        "order of lists",
                        INVALID + ": filter.comparison.values[0]: cannot be ordered",
                        comparison("k", Operator.OPERATOR_GT, list(number(1)))),
                count(
                        "order of bools",
                        INVALID + ": filter.comparison.values[0]: cannot be ordered",
                        comparison(
                                "k",
                                Operator.OPERATOR_LT,
                                Value.newBuilder().setBoolValue(true).build())),
                count(
                        "no ids",
                        INVALID + ": filter.id_in: 0 ids",
                        Filter.newBuilder().setIdIn(Ids.getDefaultInstance()).build()),
                count(
                        "too many conditions",
                        INVALID + ": filter.and[999]: too many conditions",
                        and(Stream.generate(() -> equal(1)).limit(1200).toArray(Filter[]::new))));
    }

    /** Only where the index has no CONTAINS_ANY. */
    static Row operatorThatTheIndexLacks() {
        return count(
                "operator that the index lacks",
                UNMET + ": filter.comparison.operator: CONTAINS_ANY (expected:",
                comparison("tags", Operator.OPERATOR_CONTAINS_ANY, text("a")));
    }

    static Stream<Row> scans() {
        return Stream.of(
                scan(
                        "page over the limit",
                        INVALID + ": page_size: 10001",
                        ScanRequest.newBuilder().setPageSize(10001)),
                scan(
                        "slice out of range",
                        INVALID + ": slice: 2 of 2",
                        ScanRequest.newBuilder()
                                .setSlice(Slice.newBuilder().setIndex(2).setCount(2))),
                scan(
                        "slice of none",
                        INVALID + ": slice: 0 of 0",
                        ScanRequest.newBuilder().setSlice(Slice.getDefaultInstance())),
                scan(
                        "unknown missing_space",
                        INVALID + ": missing_space: \"other\"",
                        ScanRequest.newBuilder().setMissingSpace("other")));
    }

    private static Row query(String name, String status, QueryRequest.Builder query) {
        return new Row(name, status, vectors -> vectors.query(query.build()));
    }

    private static QueryRequest.Builder byText() {
        return QueryRequest.newBuilder()
                .setCollection("products")
                .setText("a red shoe")
                .setTopK(10);
    }

    private static QueryRequest.Builder byVector(NamedVector vector) {
        return byText().setText("").addVectors(vector);
    }

    private static Row count(String name, String status, Filter filter) {
        return new Row(
                name,
                status,
                vectors -> vectors.count(CountRequest.newBuilder()
                        .setCollection("products")
                        .setFilter(filter)
                        .build()));
    }

    private static Row scan(String name, String status, ScanRequest.Builder scan) {
        return new Row(
                name,
                status,
                vectors -> vectors.scan(scan.setCollection("products").build()).next());
    }
}
