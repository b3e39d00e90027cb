package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.model.Space;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The two Lucene indexes, and how a document gets into them. */
final class SearchIndex implements Closeable {
    private final VectorSearch vectors;
    private final MetadataSearch metadata;

    SearchIndex(Path directory, Map<String, Space> fields, LuceneIndexSettings config) throws IOException {
        vectors = new VectorSearch(directory.resolve("vectors"), fields, config);
        try {
            metadata = new MetadataSearch(directory.resolve("metadata"), config);
        } catch (IOException | RuntimeException e) {
            vectors.close();
            throw e;
        }
    }

    VectorSearch vectors() {
        return vectors;
    }

    MetadataSearch metadata() {
        return metadata;
    }

    /** Brings the indexes that are behind up to what stands now, which may be more than the change says. */
    void index(Change change, View view) throws IOException {
        StoredContent content = view.content(change.key(), change.ordinal());
        if (change.vectors()) {
            if (content == null || content.vectors().isEmpty()) {
                vectors.part().remove(change.ordinal());
            } else {
                vectors.index(change.key(), content, view);
            }
        }
        if (change.metadata()) {
            if (content == null) {
                metadata.part().remove(change.ordinal());
            } else {
                metadata.index(change.key(), content);
            }
        }
    }

    /** Makes searches that begin from now on show everything that was indexed before. */
    void refresh() throws IOException {
        vectors.part().refresh();
        metadata.part().refresh();
    }

    void commit() throws IOException {
        vectors.part().commit();
        metadata.part().commit();
    }

    @Override
    public void close() throws IOException {
        try {
            vectors.close();
        } finally {
            metadata.close();
        }
    }
}
