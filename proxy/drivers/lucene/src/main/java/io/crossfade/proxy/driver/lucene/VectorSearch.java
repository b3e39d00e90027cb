package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** Finds documents by vector, in one graph per field and segment. Vectors compared by cosine are kept normalised. */
final class VectorSearch implements Closeable {
    private static final String NAMESPACE = "namespace";
    private static final String VECTOR = "vector/";

    private final Map<String, Space> fields;
    private final LucenePart part;

    VectorSearch(Path directory, Map<String, Space> fields, LuceneIndexSettings config) throws IOException {
        this.fields = fields;
        part = new LucenePart(directory, new VectorsCodec(config.m(), config.beamWidth()), config.bufferMib());
    }

    LucenePart part() {
        return part;
    }

    void index(byte[] key, StoredContent content, View view) throws IOException {
        Document document = LucenePart.document(content.ordinal(), key);
        document.add(new StringField(NAMESPACE, KeyCodec.decode(key).namespace(), Field.Store.NO));
        view.vectors(content).forEach((field, vector) -> {
            Space space = fields.get(field);
            if (space != null) {
                document.add(new KnnFloatVectorField(VECTOR + field, floats(space, vector), similarity(space)));
            }
        });
        part.replace(content.ordinal(), document);
    }

    private static float[] floats(Space space, Embedding vector) {
        return space.metric() == Space.Metric.COSINE ? vector.normalised().toFloats() : vector.toFloats();
    }

    private static VectorSimilarityFunction similarity(Space space) {
        return switch (space.metric()) {
            case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
            case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
        };
    }

    /**
     * The nearest documents, best first.
     *
     * @param most how many, and how many candidates the search of each graph keeps
     * @param allowed only these; null for all
     */
    List<Neighbour> nearest(String namespace, String field, Embedding vector, int most, @Nullable OrdinalSet allowed)
            throws IOException {
        Space space = fields.get(field);
        if (space == null || (allowed != null && allowed.size() == 0)) {
            return List.of();
        }
        float[] target = floats(space, vector);
        return part.search(searcher -> {
            Query among = among(searcher, namespace, allowed);
            Query query = new KnnFloatVectorQuery(VECTOR + field, target, most, among);
            return neighbours(searcher, searcher.search(query, most).scoreDocs);
        });
    }

    /**
     * The query that narrows a search; null if every document is in the namespace and allowed: the usual case, and by
     * far the cheapest.
     */
    private static @Nullable Query among(IndexSearcher searcher, String namespace, @Nullable OrdinalSet allowed)
            throws IOException {
        Term term = new Term(NAMESPACE, new BytesRef(namespace.getBytes(UTF_8)));
        boolean onlyNamespace = searcher.getIndexReader().docFreq(term)
                == searcher.getIndexReader().maxDoc();
        if (onlyNamespace) {
            return allowed == null ? null : new OrdinalQuery(allowed);
        }
        BooleanQuery.Builder both = new BooleanQuery.Builder().add(new TermQuery(term), Occur.FILTER);
        if (allowed != null) {
            both.add(new OrdinalQuery(allowed), Occur.FILTER);
        }
        return both.build();
    }

    private static List<Neighbour> neighbours(IndexSearcher searcher, ScoreDoc[] found) throws IOException {
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        List<Neighbour> neighbours = new ArrayList<>(found.length);
        for (ScoreDoc hit : found) {
            LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(hit.doc, leaves));
            NumericDocValues ordinals = DocValues.getNumeric(leaf.reader(), LucenePart.ORDINAL);
            BinaryDocValues keys = DocValues.getBinary(leaf.reader(), LucenePart.KEY);
            int document = hit.doc - leaf.docBase;
            if (ordinals.advanceExact(document) && keys.advanceExact(document)) {
                neighbours.add(new Neighbour(ordinals.longValue(), BytesRef.deepCopyOf(keys.binaryValue()).bytes));
            }
        }
        return neighbours;
    }

    @Override
    public void close() throws IOException {
        part.close();
    }
}
