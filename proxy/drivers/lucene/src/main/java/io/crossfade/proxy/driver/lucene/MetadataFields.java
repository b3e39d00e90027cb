package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.model.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.util.BytesRef;

/** A document's id and metadata as the Lucene fields that filters ask. */
final class MetadataFields {
    static final String ID = "id";
    static final String TERMS = "terms";

    /** The field of numbers, in two dimensions: hash of the path, number. */
    static final String NUMBERS = "numbers";

    private final Document document;

    private MetadataFields(Document document) {
        this.document = document;
    }

    static Document document(long ordinal, byte[] key, Map<String, Value> metadata) {
        Document document = LucenePart.document(ordinal, key);
        BytesRef id = new BytesRef(KeyCodec.decode(key).id().getBytes(UTF_8));
        document.add(new StringField(ID, id, Field.Store.NO));
        paths(metadata).forEach(new MetadataFields(document)::add);
        return document;
    }

    /** Every path that a filter can name. As in the evaluator, a whole key goes before one with dots inside. */
    private static Map<String, Value> paths(Map<String, Value> metadata) {
        Map<String, Value> paths = new HashMap<>(metadata);
        metadata.forEach((key, value) -> {
            if (value instanceof Value.Fields fields && key.indexOf('.') < 0) {
                paths(fields.values()).forEach((path, inner) -> paths.putIfAbsent(key + "." + path, inner));
            }
        });
        return paths;
    }

    private void add(String name, Value value) {
        byte[] path = MetadataTerms.path(name);
        add(MetadataTerms.marker(path, MetadataTerms.EXISTS));
        List<Value> elements = value instanceof Value.Items items ? items.values() : List.of(value);
        Set<BytesRef> scalars = new HashSet<>();
        int unequal = 0;
        for (Value element : elements) {
            BytesRef scalar = MetadataTerms.scalar(path, element);
            if (scalar != null && scalars.add(scalar)) {
                add(scalar);
                addNumber(path, element);
            }
            // NaN is a scalar that differs from everything, itself included
            unequal += scalar == null && element instanceof Value.Float64 ? 1 : 0;
        }
        addCount(path, scalars.size() + unequal);
    }

    private void addCount(byte[] path, int scalars) {
        if (scalars > 0) {
            add(MetadataTerms.marker(path, MetadataTerms.SCALAR));
        }
        if (scalars > 1) {
            add(MetadataTerms.marker(path, MetadataTerms.SCALARS));
        }
    }

    private void addNumber(byte[] path, Value element) {
        byte[] number = MetadataTerms.number(element);
        if (number != null) {
            document.add(new BinaryPoint(NUMBERS, path, number));
        }
    }

    private void add(BytesRef term) {
        document.add(new StringField(TERMS, term, Field.Store.NO));
    }
}
