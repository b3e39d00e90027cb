package io.crossfade.proxy.driver.lucene;

import java.io.IOException;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TwoPhaseIterator;
import org.apache.lucene.search.Weight;

/**
 * A query for documents whose ordinal is in a set: what {@code search/metadata} found, asked of {@code search/vectors}.
 */
final class OrdinalQuery extends Query {
    private final OrdinalSet ordinals;

    OrdinalQuery(OrdinalSet ordinals) {
        this.ordinals = ordinals;
    }

    @Override
    public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
        return new ConstantScoreWeight(this, boost) {
            @Override
            public Scorer scorer(LeafReaderContext leaf) throws IOException {
                return new ConstantScoreScorer(this, score(), scoreMode, check(leaf));
            }

            @Override
            public boolean isCacheable(LeafReaderContext leaf) {
                return false;
            }
        };
    }

    private TwoPhaseIterator check(LeafReaderContext leaf) throws IOException {
        NumericDocValues values = DocValues.getNumeric(leaf.reader(), LucenePart.ORDINAL);
        return new TwoPhaseIterator(values) {
            @Override
            public boolean matches() throws IOException {
                return ordinals.contains(values.longValue());
            }

            @Override
            public float matchCost() {
                return 10; // a look into a bitmap
            }
        };
    }

    @Override
    public void visit(QueryVisitor visitor) {
        visitor.visitLeaf(this);
    }

    @Override
    public String toString(String field) {
        return "Ordinals(" + ordinals.size() + ")";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OrdinalQuery query && ordinals == query.ordinals;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(ordinals);
    }
}
