package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.StoredDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.rocksdb.RocksIterator;

/**
 * Reads a page of documents in the order of their encoded keys. The cursor is the last key looked at, so it stays good
 * as long as the index lives.
 */
final class PageReader {
    private static final int PAGE_BYTES = 1 << 20;

    /**
     * The most documents looked at for one page: one on which hardly anything matches ends there, so that no call takes
     * long.
     */
    private static final int MOST_LOOKED_AT = 20_000;

    private final ScanQuery query;
    private final View view;
    private final byte[] prefix;
    private final List<StoredDocument> page = new ArrayList<>();
    private int bytes;

    private PageReader(ScanQuery query, View view) {
        this.query = query;
        this.view = view;
        this.prefix = query.namespace() == null ? new byte[0] : KeyCodec.prefix(query.namespace());
    }

    static ScanPage read(Store store, ScanQuery query) {
        try (View view = store.view()) {
            return new PageReader(query, view).read();
        }
    }

    private ScanPage read() {
        try (RocksIterator documents = view.documents()) {
            seek(documents);
            for (int looked = 1; documents.isValid() && isInNamespace(documents.key()); looked++) {
                look(documents.key(), documents);
                if (page.size() >= query.limit() || bytes >= PAGE_BYTES || looked >= MOST_LOOKED_AT) {
                    return new ScanPage(page, cursor(documents.key()));
                }
                documents.next();
            }
            return new ScanPage(page, "");
        }
    }

    private void seek(RocksIterator documents) {
        if (query.cursor().isEmpty()) {
            documents.seek(prefix);
            return;
        }
        byte[] last = key(query.cursor());
        documents.seek(last);
        if (documents.isValid() && Arrays.equals(documents.key(), last)) {
            documents.next();
        }
    }

    private boolean isInNamespace(byte[] key) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private void look(byte[] encodedKey, RocksIterator documents) {
        Key key = KeyCodec.decode(encodedKey);
        byte[] encoded = documents.value();
        if (meetsFilter(key, encoded)) {
            add(view.document(key, encoded, query.wanted()), encoded.length);
        }
    }

    private boolean meetsFilter(Key key, byte[] encoded) {
        return query.filter() == null
                || FilterEvaluator.matches(
                        query.filter(), key, DocumentCodec.decode(encoded).metadata());
    }

    private void add(StoredDocument document, int size) {
        page.add(document);
        bytes += size;
        for (Embedding vector : document.vectors().values()) {
            bytes += vector.dimensions() * Float.BYTES;
        }
    }

    private static String cursor(byte[] key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }

    private static byte[] key(String cursor) {
        try {
            byte[] key = Base64.getUrlDecoder().decode(cursor);
            KeyCodec.decode(key);
            return key;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IndexException(
                    IndexException.Kind.INVALID, "cursor: " + cursor + " (expected: one that a scan returned)", e);
        }
    }
}
