package io.crossfade.proxy.kit.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers reads by looking at every document. */
final class MemoryReader {
    private static final int PAGE_BYTES = 1 << 20;

    private final IndexDefinition definition;
    private final MemoryStore store;

    MemoryReader(IndexDefinition definition, MemoryStore store) {
        this.definition = definition;
        this.store = store;
    }

    Map<Key, StoredDocument> fetch(Collection<Key> keys, Projection wanted) {
        Map<Key, StoredDocument> found = new HashMap<>();
        for (Key key : keys) {
            StoredDocument document = store.documents().get(key);
            if (document != null) {
                found.put(key, document.project(wanted));
            }
        }
        return found;
    }

    List<Hit> query(VectorQuery query) {
        String problem = VectorCheck.problem(definition.vectors(), query.field(), query.vector());
        if (problem != null) {
            throw new IndexException(IndexException.Kind.INVALID, problem);
        }
        return matching(query.filter())
                .filter(document -> document.key().namespace().equals(query.namespace()))
                .flatMap(document -> score(query, document))
                .filter(hit -> hit.score() >= query.minScore())
                .sorted(Comparator.comparingDouble(Hit::score)
                        .reversed()
                        .thenComparing(hit -> hit.document().key()))
                .skip(query.offset())
                .limit(query.topK())
                .map(hit -> new Hit(hit.document().project(query.wanted()), hit.score()))
                .toList();
    }

    private Stream<Hit> score(VectorQuery query, StoredDocument document) {
        Space space = definition.vectors().get(query.field());
        Embedding vector = document.vectors().get(query.field());
        return space == null || vector == null
                ? Stream.empty()
                : Stream.of(new Hit(document, space.score(query.vector(), vector)));
    }

    long count(@Nullable Filter filter) {
        return filter == null ? store.documents().size() : matching(filter).count();
    }

    private Stream<StoredDocument> matching(@Nullable Filter filter) {
        return store.documents().values().stream().filter(document -> matches(filter, document));
    }

    private static boolean matches(@Nullable Filter filter, StoredDocument document) {
        return filter == null || FilterEvaluator.matches(filter, document.key(), document.metadata());
    }

    ScanPage scan(ScanQuery query) {
        List<StoredDocument> page = new ArrayList<>();
        int bytes = 0;
        Iterator<StoredDocument> rest = from(query.cursor());
        while (rest.hasNext()) {
            StoredDocument document = rest.next();
            if (isWanted(query, document)) {
                page.add(document.project(query.wanted()));
                bytes += size(document);
                if (page.size() >= query.limit() || bytes >= PAGE_BYTES) {
                    return new ScanPage(page, cursor(document.key()));
                }
            }
        }
        return new ScanPage(page, "");
    }

    private static boolean isWanted(ScanQuery query, StoredDocument document) {
        Key key = document.key();
        return (query.namespace() == null || query.namespace().equals(key.namespace()))
                && matches(query.filter(), document);
    }

    private static int size(StoredDocument document) {
        String text = document.text();
        int size = (text == null ? 0 : text.length())
                + document.metadata().toString().length();
        for (Embedding vector : document.vectors().values()) {
            size += vector.dimensions() * Float.BYTES;
        }
        return size;
    }

    private Iterator<StoredDocument> from(String cursor) {
        return cursor.isEmpty()
                ? store.documents().values().iterator()
                : store.documents().tailMap(key(cursor), false).values().iterator();
    }

    private static String cursor(Key key) {
        return encode(key.namespace()) + "." + encode(key.id());
    }

    private static String encode(String part) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(UTF_8));
    }

    private static Key key(String cursor) {
        int dot = cursor.indexOf('.');
        try {
            return new Key(decode(cursor.substring(0, dot)), decode(cursor.substring(dot + 1)));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IndexException(
                    IndexException.Kind.INVALID, "cursor: " + cursor + " (expected: one that a scan returned)", e);
        }
    }

    private static String decode(String part) {
        return new String(Base64.getUrlDecoder().decode(part), UTF_8);
    }
}
