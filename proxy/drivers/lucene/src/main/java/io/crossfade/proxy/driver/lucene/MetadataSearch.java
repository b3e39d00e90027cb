package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.model.Filter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;

/** Finds documents by id and metadata. */
final class MetadataSearch implements Closeable {
    private final LucenePart part;

    MetadataSearch(Path directory, LuceneIndexSettings config) throws IOException {
        part = new LucenePart(directory, new Lucene912Codec(), config.bufferMib());
    }

    LucenePart part() {
        return part;
    }

    void index(byte[] key, StoredContent content) throws IOException {
        part.replace(content.ordinal(), MetadataFields.document(content.ordinal(), key, content.metadata()));
    }

    OrdinalSet find(Filter filter, View view) throws IOException {
        OrdinalSet found = new OrdinalSet();
        part.search(searcher -> {
            searcher.search(new FilterQuery(view).of(filter), new OrdinalCollector(found));
            return found;
        });
        return found;
    }

    @Override
    public void close() throws IOException {
        part.close();
    }

    /** Collects into a set. */
    private static final class OrdinalCollector extends SimpleCollector {
        private final OrdinalSet found;
        private NumericDocValues ordinals = DocValues.emptyNumeric();

        OrdinalCollector(OrdinalSet found) {
            this.found = found;
        }

        @Override
        protected void doSetNextReader(LeafReaderContext leaf) throws IOException {
            ordinals = DocValues.getNumeric(leaf.reader(), LucenePart.ORDINAL);
        }

        @Override
        public void collect(int document) throws IOException {
            if (ordinals.advanceExact(document)) {
                found.add(ordinals.longValue());
            }
        }

        @Override
        public ScoreMode scoreMode() {
            return ScoreMode.COMPLETE_NO_SCORES;
        }
    }
}
