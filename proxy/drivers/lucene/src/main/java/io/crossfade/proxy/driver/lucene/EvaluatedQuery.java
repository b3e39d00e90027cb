package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import java.io.IOException;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TwoPhaseIterator;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** A query for those documents of another query whose stored metadata meets a filter: exact, and slow. */
final class EvaluatedQuery extends Query {
    private final Query candidates;
    private final Filter filter;
    private final View view;

    EvaluatedQuery(Query candidates, Filter filter, View view) {
        this.candidates = candidates;
        this.filter = filter;
        this.view = view;
    }

    @Override
    public Query rewrite(IndexSearcher searcher) throws IOException {
        Query rewritten = candidates.rewrite(searcher);
        return rewritten == candidates ? this : new EvaluatedQuery(rewritten, filter, view);
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) throws IOException {
        Weight found = searcher.createWeight(candidates, ScoreMode.COMPLETE_NO_SCORES, 1);
        return new ConstantScoreWeight(this, boost) {
            @Override
            public @Nullable Scorer scorer(LeafReaderContext leaf) throws IOException {
                Scorer scorer = found.scorer(leaf);
                return scorer == null
                        ? null
                        : new ConstantScoreScorer(this, score(), scoreMode, check(leaf, scorer.iterator()));
            }

            @Override
            public boolean isCacheable(LeafReaderContext leaf) {
                return false;
            }
        };
    }

    private TwoPhaseIterator check(LeafReaderContext leaf, DocIdSetIterator approximation) throws IOException {
        BinaryDocValues keys = DocValues.getBinary(leaf.reader(), LucenePart.KEY);
        return new TwoPhaseIterator(approximation) {
            @Override
            public boolean matches() throws IOException {
                return keys.advanceExact(approximation.docID())
                        && meetsFilter(BytesRef.deepCopyOf(keys.binaryValue()).bytes);
            }

            @Override
            public float matchCost() {
                return 10_000; // reads and decodes a document
            }
        };
    }

    private boolean meetsFilter(byte[] key) {
        StoredContent content = view.content(key);
        return content != null && FilterEvaluator.matches(filter, KeyCodec.decode(key), content.metadata());
    }

    @Override
    public void visit(QueryVisitor visitor) {
        visitor.visitLeaf(this);
    }

    @Override
    public String toString(String field) {
        return "Evaluated(" + filter + ")";
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
