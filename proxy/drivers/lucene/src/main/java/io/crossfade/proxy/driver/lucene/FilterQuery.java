package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Value;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TermRangeQuery;
import org.apache.lucene.util.BytesRef;

/** Writes a filter as a query of {@code search/metadata} that matches exactly the same documents. */
final class FilterQuery implements Filter.Cases<Query> {
    private static final byte[] LEAST = MetadataTerms.number(Double.NEGATIVE_INFINITY, Long.MIN_VALUE);
    private static final byte[] MOST = MetadataTerms.number(Double.POSITIVE_INFINITY, Long.MAX_VALUE);

    private final View view;

    /**
     * @param view for the few conditions that only the document itself decides
     */
    FilterQuery(View view) {
        this.view = view;
    }

    Query of(Filter filter) {
        return filter.match(this);
    }

    @Override
    public Query and(Filter.And and) {
        return all(and.filters().stream().map(this::of));
    }

    @Override
    public Query or(Filter.Or or) {
        return any(or.filters().stream().map(this::of));
    }

    @Override
    public Query not(Filter.Not not) {
        return without(new MatchAllDocsQuery(), of(not.filter()));
    }

    @Override
    public Query idIn(Filter.IdIn in) {
        return new TermInSetQuery(
                MetadataFields.ID,
                in.ids().stream().map(id -> new BytesRef(id.getBytes(UTF_8))).toList());
    }

    @Override
    public Query comparison(Filter.Comparison comparison) {
        byte[] path = MetadataTerms.path(comparison.key());
        return switch (comparison.operator()) {
            case EXISTS -> term(MetadataTerms.marker(path, MetadataTerms.EXISTS));
            case EQ, IN, CONTAINS_ANY -> equal(path, comparison.values());
            case NE, NOT_IN -> unequal(path, comparison);
            case GT, GTE, LT, LTE -> ordered(path, comparison);
        };
    }

    private static Query equal(byte[] path, List<Value> operands) {
        return new TermInSetQuery(
                MetadataFields.TERMS,
                operands.stream()
                        .map(operand -> MetadataTerms.scalar(path, operand))
                        .filter(Objects::nonNull)
                        .toList());
    }

    /**
     * Finds some scalar that equals no operand: one that is there when none is equal, or, of several different ones,
     * any that is left. With one operand two different ones suffice; with more the document decides.
     */
    private Query unequal(byte[] path, Filter.Comparison comparison) {
        Query equal = equal(path, comparison.values());
        Query onlyOthers = without(term(MetadataTerms.marker(path, MetadataTerms.SCALAR)), equal);
        Query several = term(MetadataTerms.marker(path, MetadataTerms.SCALARS));
        Query alsoOthers = comparison.values().size() == 1
                ? several
                : new EvaluatedQuery(all(Stream.of(several, equal)), comparison, view);
        return any(Stream.of(onlyOthers, alsoOthers));
    }

    private Query ordered(byte[] path, Filter.Comparison comparison) {
        Value operand = comparison.values().get(0);
        if (operand instanceof Value.Text text) {
            return orderedText(path, comparison, text.value().getBytes(UTF_8));
        }
        byte[] number = MetadataTerms.number(operand);
        return number == null ? new MatchNoDocsQuery() : orderedNumber(path, comparison.operator(), number);
    }

    /**
     * Orders texts. A long text is stored cut, which orders it with operands up to that length; beyond, the document
     * decides.
     */
    private Query orderedText(byte[] path, Filter.Comparison comparison, byte[] operand) {
        if (operand.length > MetadataTerms.TEXT_BYTES) {
            return new EvaluatedQuery(term(MetadataTerms.marker(path, MetadataTerms.SCALAR)), comparison, view);
        }
        BytesRef bound = Objects.requireNonNull(
                MetadataTerms.scalar(path, comparison.values().get(0)));
        BytesRef begin = MetadataTerms.textsBegin(path);
        BytesRef end = MetadataTerms.textsEnd(path);
        return switch (comparison.operator()) {
            case GT -> new TermRangeQuery(MetadataFields.TERMS, bound, end, false, false);
            case GTE -> new TermRangeQuery(MetadataFields.TERMS, bound, end, true, false);
            case LT -> new TermRangeQuery(MetadataFields.TERMS, begin, bound, true, false);
            case LTE -> new TermRangeQuery(MetadataFields.TERMS, begin, bound, true, true);
            default ->
                throw new IllegalArgumentException("operator: " + comparison.operator() + " (expected: an order)");
        };
    }

    private static Query orderedNumber(byte[] path, Filter.Operator operator, byte[] bound) {
        return switch (operator) {
            case GT -> numbers(path, next(bound, 1), MOST);
            case GTE -> numbers(path, bound, MOST);
            case LT -> numbers(path, LEAST, next(bound, -1));
            case LTE -> numbers(path, LEAST, bound);
            default -> throw new IllegalArgumentException("operator: " + operator + " (expected: an order)");
        };
    }

    private static Query numbers(byte[] path, byte[] from, byte[] to) {
        return BinaryPoint.newRangeQuery(MetadataFields.NUMBERS, new byte[][] {path, from}, new byte[][] {path, to});
    }

    /** The neighbour of a number: the last bytes count far fewer steps than they have room for. */
    private static byte[] next(byte[] number, int step) {
        byte[] neighbour = number.clone();
        neighbour[neighbour.length - 1] += (byte) step;
        for (int i = neighbour.length - 1; i > 0 && neighbour[i] == (step > 0 ? 0 : -1); i--) {
            neighbour[i - 1] += (byte) step;
        }
        return neighbour;
    }

    private static Query term(BytesRef term) {
        return new TermQuery(new Term(MetadataFields.TERMS, term));
    }

    private static Query all(Stream<Query> queries) {
        BooleanQuery.Builder all = new BooleanQuery.Builder().add(new MatchAllDocsQuery(), Occur.FILTER);
        queries.forEach(query -> all.add(query, Occur.FILTER));
        return all.build();
    }

    private static Query any(Stream<Query> queries) {
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        queries.forEach(query -> any.add(query, Occur.SHOULD));
        return any.build();
    }

    private static Query without(Query query, Query excluded) {
        return new BooleanQuery.Builder()
                .add(query, Occur.FILTER)
                .add(excluded, Occur.MUST_NOT)
                .build();
    }
}
