package io.crossfade.proxy.driver.lucene;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/** One of the two Lucene indexes: at most one Lucene document per ordinal. */
final class LucenePart implements Closeable {
    static final String ORDINAL = "ordinal";
    static final String KEY = "key";
    private static final String ORDINAL_TERM = "ordinal_term";

    private final Directory directory;
    private final IndexWriter writer;
    private final SearcherManager searchers;

    LucenePart(Path path, Codec codec, int bufferMebibytes) throws IOException {
        directory = FSDirectory.open(path);
        writer = new IndexWriter(
                directory, new IndexWriterConfig().setCodec(codec).setRAMBufferSizeMB(bufferMebibytes));
        searchers = new SearcherManager(writer, new SearcherFactory());
    }

    /** A document with what both indexes know about it. */
    static Document document(long ordinal, byte[] key) {
        Document document = new Document();
        document.add(new StringField(ORDINAL_TERM, new BytesRef(Numbers.bytes(ordinal)), Field.Store.NO));
        document.add(new NumericDocValuesField(ORDINAL, ordinal));
        document.add(new BinaryDocValuesField(KEY, new BytesRef(key)));
        return document;
    }

    void replace(long ordinal, Document document) throws IOException {
        writer.updateDocument(term(ordinal), document);
    }

    void remove(long ordinal) throws IOException {
        writer.deleteDocuments(term(ordinal));
    }

    private static Term term(long ordinal) {
        return new Term(ORDINAL_TERM, new BytesRef(Numbers.bytes(ordinal)));
    }

    void refresh() throws IOException {
        searchers.maybeRefreshBlocking();
    }

    void commit() throws IOException {
        writer.commit();
    }

    <T> T search(Search<T> search) throws IOException {
        IndexSearcher searcher = searchers.acquire();
        try {
            return search.run(searcher);
        } finally {
            searchers.release(searcher);
        }
    }

    /** Drops what is not committed, and does not wait for merges. */
    @Override
    public void close() throws IOException {
        searchers.close();
        writer.rollback();
        directory.close();
    }

    /** What to do with a searcher. */
    @FunctionalInterface
    interface Search<T> {
        T run(IndexSearcher searcher) throws IOException;
    }
}
