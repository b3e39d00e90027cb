package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads documents by key, by page and by number. */
final class Reader {
    private static final int PAGE_BYTES = 1 << 20;

    /** Rows that come at once, where a page may end before its last. */
    private static final int FETCHED = 64;

    private final Table table;

    Reader(Table table) {
        this.table = table;
    }

    Map<Key, StoredDocument> fetch(Connection connection, Collection<Key> keys, Projection wanted) throws SQLException {
        List<Key> held = keys.stream().filter(this::canHold).toList();
        Map<Key, StoredDocument> found = new HashMap<>();
        if (held.isEmpty()) {
            return found;
        }
        RowReader rows = new RowReader(table, wanted);
        Sql sql = new Sql().add("SELECT " + rows.columns() + " FROM unnest(");
        for (int i = 0; i < table.keys().size(); i++) {
            KeyColumn column = table.keys().get(i);
            sql.add(i == 0 ? "" : ", ")
                    .value(new Sql.TextArray(held.stream().map(column::part).toList()), column.castAll("?"));
        }
        sql.add(") AS k("
                + table.keys().stream()
                        .map(key -> "k" + table.keys().indexOf(key))
                        .collect(Collectors.joining(", ")) + ") JOIN " + table.quoted() + " t ON TRUE");
        for (int i = 0; i < table.keys().size(); i++) {
            sql.add(" AND t." + table.keys().get(i).quoted() + " = k.k" + i);
        }
        table.addFixed(sql);
        sql.add(table.joinedStamps());
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                StoredDocument document = rows.document(row);
                found.put(document.key(), document);
            }
        }
        return found;
    }

    private boolean canHold(Key key) {
        return (table.hasNamespace() || key.namespace().isEmpty())
                && table.keys().stream().allMatch(column -> column.canHold(column.part(key)));
    }

    long count(Connection connection, @Nullable Filter filter) throws SQLException {
        Sql sql = new Sql().add("SELECT count(*) FROM " + table.quoted() + " t WHERE TRUE");
        table.addFixed(sql);
        if (filter != null) {
            sql.add(" AND ").add(filter.match(new FilterSql(table)));
        }
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    ScanPage scan(Connection connection, ScanQuery query) throws SQLException {
        List<String> after = query.cursor().isEmpty() ? List.of() : Cursor.key(query.cursor(), table);
        if (!holds(query.namespace())) {
            return new ScanPage(List.of(), "");
        }
        return page(connection, query, after);
    }

    /** Whether a row can be of the namespace. */
    boolean holds(@Nullable String namespace) {
        return namespace == null
                || (table.hasNamespace()
                        ? table.keys().stream().filter(KeyColumn::isNamespace).allMatch(key -> key.canHold(namespace))
                        : namespace.isEmpty());
    }

    private ScanPage page(Connection connection, ScanQuery query, List<String> after) throws SQLException {
        RowReader rows = new RowReader(table, query.wanted());
        Sql sql = new Sql().add("SELECT " + rows.columns() + " FROM " + table.joined());
        addRange(sql, query, after);
        sql.add(" LIMIT " + query.limit());
        Page page = new Page(query.limit());
        try (PreparedStatement statement = sql.prepare(connection)) {
            statement.setFetchSize(FETCHED);
            try (ResultSet row = statement.executeQuery()) {
                while (!page.isFull() && row.next()) {
                    page.add(rows.document(row), rows.keyOf(row));
                }
            }
        }
        return page.isFull() ? page.andMore() : page.last();
    }

    private void addRange(Sql sql, ScanQuery query, List<String> after) {
        sql.add(" WHERE TRUE");
        table.addFixed(sql);
        addNamespace(sql, query.namespace());
        if (!after.isEmpty()) {
            sql.add(" AND (" + table.keyColumns("t.") + ") > (");
            for (int i = 0; i < after.size(); i++) {
                sql.add(i == 0 ? "" : ", ")
                        .value(after.get(i), table.keys().get(i).cast("?"));
            }
            sql.add(")");
        }
        Filter filter = query.filter();
        if (filter != null) {
            sql.add(" AND ").add(filter.match(new FilterSql(table)));
        }
        sql.add(" ORDER BY " + table.keyColumns("t."));
    }

    /** Adds that the row is of the namespace, to a condition that has been begun; nothing for null. */
    void addNamespace(Sql sql, @Nullable String namespace) {
        if (namespace != null) {
            table.keys().stream()
                    .filter(KeyColumn::isNamespace)
                    .forEach(key -> sql.add(" AND t." + key.quoted() + " = ").value(namespace, key.cast("?")));
        }
    }

    /** A page that fills. */
    private static final class Page {
        private final int limit;
        private final List<StoredDocument> documents = new ArrayList<>();
        private List<String> end = List.of();
        private long bytes;

        Page(int limit) {
            this.limit = limit;
        }

        void add(StoredDocument document, List<String> key) {
            documents.add(document);
            end = key;
            bytes += size(document);
        }

        private static long size(StoredDocument document) {
            String text = document.text();
            long size = (text == null ? 0 : text.length())
                    + document.metadata().toString().length();
            for (Embedding vector : document.vectors().values()) {
                size += (long) vector.dimensions() * Float.BYTES;
            }
            return size;
        }

        boolean isFull() {
            return documents.size() >= limit || bytes >= PAGE_BYTES;
        }

        ScanPage andMore() {
            return new ScanPage(documents, Cursor.of(end));
        }

        ScanPage last() {
            return new ScanPage(documents, "");
        }
    }
}
