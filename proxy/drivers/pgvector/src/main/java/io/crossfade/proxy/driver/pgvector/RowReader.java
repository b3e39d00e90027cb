package io.crossfade.proxy.driver.pgvector;

import com.pgvector.PGvector;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads rows as documents: says what to select of row {@code t}, and of {@code s} for stamps, and makes of it what was wanted. */
final class RowReader {
    private final Table table;
    private final Projection wanted;
    private final boolean content;
    private final boolean vectors;
    private final String columns;

    RowReader(Table table, Projection wanted) {
        this.table = table;
        this.wanted = wanted;
        this.content = wanted.text() || wanted.metadata() || wanted.digest();
        this.vectors = wanted.vectors() || wanted.digest();
        this.columns = String.join(", ", selected());
    }

    /** What to select, as the first columns. */
    String columns() {
        return columns;
    }

    private List<String> selected() {
        List<String> selected = new ArrayList<>();
        table.keys().forEach(key -> selected.add("t." + key.quoted()));
        switch (table.stamps()) {
            case INSIDE ->
                selected.add("t." + Sql.name(Table.VERSION) + ", t." + Sql.name(Table.PROVENANCE) + "::text, t."
                        + Sql.name(Table.WRITTEN) + "::text");
            case BESIDE -> selected.add("s.version, s.provenance::text, s.written::text");
            case NOWHERE -> selected.add("NULL::bigint, NULL::text, NULL::text");
        }
        if (content) {
            selected.add(table.text() == null ? "NULL::text" : "t." + Sql.name(table.text()));
            Table.JsonColumn metadata = table.metadata();
            selected.add(metadata == null ? "NULL::text" : metadata.jsonb() + "::text");
            table.columns().values().forEach(column -> selected.add("(" + column.json() + ")::text"));
        }
        if (vectors) {
            table.vectors().values().forEach(vector -> selected.add("t." + vector.quoted()));
        }
        return selected;
    }

    /** The key's columns of a row, in the order of their index. */
    List<String> keyOf(ResultSet row) throws SQLException {
        List<String> key = new ArrayList<>();
        for (int i = 1; i <= table.keys().size(); i++) {
            key.add(row.getString(i));
        }
        return key;
    }

    /** The document of a row. */
    StoredDocument document(ResultSet row) throws SQLException {
        Row read = new Row(row, table.keys().size());
        Key key = table.key(keyOf(row));
        Stamp stamp = stamp(read);
        String text = content ? read.text() : null;
        Map<String, Value> metadata = content ? metadata(key, read) : Map.of();
        Map<String, Embedding> found = vectors ? vectors(read) : Map.of();
        return new StoredDocument(
                key,
                stamp,
                wanted.text() ? text : null,
                wanted.metadata() ? metadata : Map.of(),
                wanted.vectors() ? found : Map.of(),
                wanted.digest() ? Digest.of(text, metadata, found) : null);
    }

    private static Stamp stamp(Row row) throws SQLException {
        long version = row.number();
        String provenance = row.text();
        String written = row.text();
        if (version == 0 && provenance == null && written == null) {
            return Stamp.NONE;
        }
        Map<String, String> sources = new HashMap<>();
        Map<String, Long> digests = new HashMap<>();
        fields(provenance).forEach((field, value) -> sources.put(field, ((Value.Text) value).value()));
        fields(written).forEach((field, value) -> digests.put(field, ((Value.Int64) value).value()));
        return new Stamp(version, sources, digests);
    }

    private static Map<String, Value> fields(@Nullable String json) {
        return json == null ? Map.of() : ((Value.Fields) Json.value(json)).values();
    }

    private Map<String, Value> metadata(Key key, Row row) throws SQLException {
        Map<String, Value> metadata = new HashMap<>();
        String json = row.text();
        if (json != null) {
            if (!(Json.value(json) instanceof Value.Fields fields)) {
                throw new IndexException(
                        IndexException.Kind.MISMATCH,
                        "document " + key + ": metadata is no JSON object (expected: one)");
            }
            metadata.putAll(fields.values());
        }
        for (MetadataColumn column : table.columns().values()) {
            String value = row.text();
            metadata.remove(column.column());
            if (value != null) {
                metadata.put(column.column(), column.decoded(value));
            }
        }
        return metadata;
    }

    private Map<String, Embedding> vectors(Row row) throws SQLException {
        Map<String, Embedding> found = new HashMap<>();
        for (String field : table.vectors().keySet()) {
            PGvector vector = row.vector();
            if (vector != null) {
                found.put(field, Embedding.of(vector.toArray()));
            }
        }
        return found;
    }

    /** A row that is read from left to right. */
    private static final class Row {
        private final ResultSet row;
        private int at;

        Row(ResultSet row, int at) {
            this.row = row;
            this.at = at;
        }

        long number() throws SQLException {
            return row.getLong(++at);
        }

        @Nullable
        String text() throws SQLException {
            return row.getString(++at);
        }

        @Nullable
        PGvector vector() throws SQLException {
            return (PGvector) row.getObject(++at);
        }
    }
}
