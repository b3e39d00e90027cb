package io.crossfade.proxy.driver.pgvector;

import com.pgvector.PGvector;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes as statements. A put names the columns that it knows, so that others keep what they have; a patch is one update of the
 * row, version included, and creates nothing.
 */
final class WriteSql {
    private static final String UNSTAMPED = Sql.name(Table.VERSION) + " = 0, " + Sql.name(Table.PROVENANCE)
            + " = NULL, " + Sql.name(Table.WRITTEN) + " = NULL";
    private static final String STAMPED = "(t." + Sql.name(Table.VERSION) + " <> 0 OR t." + Sql.name(Table.PROVENANCE)
            + " IS NOT NULL OR t." + Sql.name(Table.WRITTEN) + " IS NOT NULL)";
    private static final Outcome ELSEWHERE = new Outcome.Rejected(
            "id: in use by a row that does not belong to this index (expected: the values of the option fixed)");

    private static final Outcome LEFT_OUT = new Outcome.Rejected(
            "not written: something in the database leaves the row out (expected: no such trigger)");

    private final Table table;
    private final String insert;
    private final String insertStamp;

    WriteSql(Table table) {
        this.table = table;
        this.insert = insert();
        this.insertStamp = insertStamp();
    }

    /** The write as statements; a refusal is for good. */
    Change change(int position, IndexWrite write) throws Refusal {
        return write.match(new Cases(position));
    }

    private final class Cases implements IndexWrite.Cases<Change, Refusal> {
        private final int position;

        Cases(int position) {
            this.position = position;
        }

        @Override
        public Change put(IndexWrite.Put put) throws Refusal {
            StoredDocument document = put.document();
            return new Change(
                    position,
                    inserted(document),
                    stampOfPut(document),
                    table.fixed().isEmpty() ? LEFT_OUT : ELSEWHERE);
        }

        @Override
        public Change patchMetadata(IndexWrite.PatchMetadata patch) throws Refusal {
            return patched(patch.key(), patch.stamp(), patch.patch(), patch.vectors());
        }

        @Override
        public Change patchVectors(IndexWrite.PatchVectors patch) throws Refusal {
            return patched(patch.key(), patch.stamp(), MetadataPatch.NONE, patch.vectors());
        }

        @Override
        public Change remove(IndexWrite.Remove remove) throws Refusal {
            Sql row = where(remove.key(), new Sql().add("DELETE FROM " + table.quoted() + " t WHERE "));
            Sql stamp = table.stamps() == Table.Stamps.BESIDE ? withoutStamp(remove.key()) : null;
            return new Change(position, row, stamp, Outcome.NOT_FOUND);
        }

        /** A row is touched only where its stamp is a part of it: others may have triggers. */
        @Override
        public Change unstamp(IndexWrite.Unstamp unstamp) throws Refusal {
            Sql sql = switch (table.stamps()) {
                case INSIDE ->
                    where(unstamp.key(), new Sql().add("UPDATE " + table.quoted() + " t SET " + UNSTAMPED + " WHERE "))
                            .add(" AND " + STAMPED + " AND t." + Sql.name(Table.VERSION) + " <= ")
                            .value(unstamp.upTo(), "?::bigint");
                case BESIDE ->
                    withoutStamp(unstamp.key()).add(" AND s.version <= ").value(unstamp.upTo(), "?::bigint");
                case NOWHERE -> new Sql().add("DELETE FROM " + table.quoted() + " WHERE FALSE");
            };
            return new Change(position, sql, null, Outcome.NOT_FOUND);
        }

        private Change patched(Key key, Stamp stamp, MetadataPatch patch, Map<String, Embedding> vectors)
                throws Refusal {
            return new Change(
                    position, updated(key, stamp, patch, vectors), stampOfPatch(key, stamp), Outcome.NOT_FOUND);
        }
    }

    // ---- Rows

    private String insert() {
        List<String> columns = new ArrayList<>();
        List<String> parameters = new ArrayList<>();
        List<String> updates = new ArrayList<>();
        table.keys().forEach(key -> {
            columns.add(key.quoted());
            parameters.add(key.cast("?"));
        });
        table.fixed().forEach(fixed -> {
            columns.add(fixed.quoted());
            parameters.add(fixed.parameter());
        });
        content().forEach((column, parameter) -> {
            columns.add(column);
            parameters.add(parameter);
            updates.add(column + " = excluded." + column);
        });
        String same = table.fixed().stream()
                .map(fixed -> "t." + fixed.quoted() + " = excluded." + fixed.quoted())
                .collect(Collectors.joining(" AND "));
        return "INSERT INTO " + table.quoted() + " AS t (" + String.join(", ", columns)
                + ") OVERRIDING SYSTEM VALUE VALUES ("
                + String.join(", ", parameters) + ") ON CONFLICT (" + table.keyColumns("") + ") DO UPDATE SET "
                + String.join(", ", updates) + (same.isEmpty() ? "" : " WHERE " + same);
    }

    /** The columns of the content, quoted, each with its parameter, in the order in which values are given. */
    private Map<String, String> content() {
        Map<String, String> content = new java.util.LinkedHashMap<>();
        if (table.text() != null) {
            content.put(Sql.name(table.text()), "?::text");
        }
        Table.JsonColumn metadata = table.metadata();
        if (metadata != null) {
            content.put(metadata.quoted(), metadata.stored("?::text::jsonb"));
        }
        table.columns().values().forEach(column -> content.put(column.quoted(), column.parameter()));
        table.vectors().values().forEach(vector -> content.put(vector.quoted(), "?::vector"));
        if (table.stamps() == Table.Stamps.INSIDE) {
            content.put(Sql.name(Table.VERSION), "?::bigint");
            content.put(Sql.name(Table.PROVENANCE), "?::text::jsonb");
            content.put(Sql.name(Table.WRITTEN), "?::text::jsonb");
        }
        return content;
    }

    private Sql inserted(StoredDocument document) throws Refusal {
        Sql sql = new Sql().add(insert);
        addKey(sql, document.key());
        table.fixed().forEach(fixed -> sql.value(fixed.value(), ""));
        String text = document.text();
        if (table.text() != null) {
            sql.value(text == null ? null : Texts.held("text", text, table.mostText(), table.text()), "");
        } else if (text != null) {
            throw new Refusal("text", text.length() + " characters", "none: the index has no text column");
        }
        addMetadata(sql, document.metadata());
        table.vectors()
                .forEach((field, column) -> sql.value(vector(document.vectors().get(field)), ""));
        if (table.stamps() == Table.Stamps.INSIDE) {
            addStamp(sql, document.stamp());
        }
        return sql;
    }

    private void addMetadata(Sql sql, Map<String, Value> metadata) throws Refusal {
        if (table.metadata() != null) {
            sql.value(Json.text("metadata", withoutColumns(metadata)), "");
        } else {
            refuseWithoutColumn(metadata);
        }
        for (MetadataColumn column : table.columns().values()) {
            Value value = metadata.get(column.column());
            sql.value(value == null ? null : column.encoded(value), "");
        }
    }

    private Map<String, Value> withoutColumns(Map<String, Value> metadata) {
        if (table.columns().isEmpty()) {
            return metadata;
        }
        Map<String, Value> rest = new HashMap<>(metadata);
        rest.keySet().removeAll(table.columns().keySet());
        return rest;
    }

    private void refuseWithoutColumn(Map<String, Value> metadata) throws Refusal {
        Map<String, Value> rest = withoutColumns(metadata);
        if (!rest.isEmpty()) {
            throw new Refusal(
                    "metadata." + rest.keySet().iterator().next(),
                    "no such column",
                    "one of " + table.columns().keySet());
        }
    }

    private void addKey(Sql sql, Key key) throws Refusal {
        refuseNamespace(key);
        for (KeyColumn column : table.keys()) {
            sql.value(column.held(key), "");
        }
    }

    private void refuseNamespace(Key key) throws Refusal {
        if (!key.namespace().isEmpty() && !table.hasNamespace()) {
            throw new Refusal(
                    "namespace", key.namespace(), "none: the index has no column for it; see the option namespace");
        }
    }

    private Sql where(Key key, Sql sql) throws Refusal {
        refuseNamespace(key);
        String and = "";
        for (KeyColumn column : table.keys()) {
            sql.add(and + "t." + column.quoted() + " = ").value(column.held(key), column.cast("?"));
            and = " AND ";
        }
        table.addFixed(sql);
        return sql;
    }

    private Sql updated(Key key, Stamp stamp, MetadataPatch patch, Map<String, Embedding> vectors) throws Refusal {
        List<Sql> sets = new ArrayList<>();
        addPatch(sets, patch);
        for (MetadataColumn column : table.columns().values()) {
            addPatch(sets, column, patch);
        }
        vectors.forEach((field, vector) -> {
            Table.VectorColumn column = table.vectors().get(field);
            if (column != null) {
                sets.add(new Sql().add(column.quoted() + " = ").value(vector(vector), "?::vector"));
            }
        });
        if (table.stamps() == Table.Stamps.INSIDE) {
            addPatch(sets, stamp, "t.", Table.PROVENANCE, Table.WRITTEN);
            sets.add(new Sql().add(Sql.name(Table.VERSION) + " = ").value(stamp.version(), "?::bigint"));
        }
        if (sets.isEmpty()) {
            String column = table.keys().get(0).quoted();
            sets.add(new Sql().add(column + " = t." + column));
        }
        Sql sql = new Sql().add("UPDATE " + table.quoted() + " t SET ");
        for (int i = 0; i < sets.size(); i++) {
            sql.add(i == 0 ? "" : ", ").add(sets.get(i));
        }
        return where(key, sql.add(" WHERE "));
    }

    private void addPatch(List<Sql> sets, MetadataPatch patch) throws Refusal {
        Table.JsonColumn metadata = table.metadata();
        if (metadata == null) {
            refuseWithoutColumn(patch.set());
            return;
        }
        Map<String, Value> set = withoutColumns(patch.set());
        List<String> removed = patch.remove().stream()
                .filter(key -> !table.columns().containsKey(key) && Texts.isHeld(key))
                .toList();
        String json = Json.text("metadata", set);
        if (patch.replace()) {
            sets.add(new Sql().add(metadata.quoted() + " = ").value(json, metadata.stored("?::text::jsonb")));
        } else if (!set.isEmpty() || !removed.isEmpty()) {
            String before = metadata.isNeverNull() ? metadata.jsonb() : "COALESCE(" + metadata.jsonb() + ", '{}')";
            sets.add(new Sql()
                    .add(metadata.quoted() + " = ")
                    .value(
                            new Sql.TextArray(removed),
                            metadata.isBinary() ? "(" + before + " - ?::text[])" : "((" + before + " - ?::text[])")
                    .value(json, metadata.isBinary() ? " || ?::text::jsonb" : " || ?::text::jsonb)::json"));
        }
    }

    private static void addPatch(List<Sql> sets, MetadataColumn column, MetadataPatch patch) throws Refusal {
        if (patch.touches(column.column())) {
            Value value = patch.set().get(column.column());
            sets.add(new Sql()
                    .add(column.quoted() + " = ")
                    .value(value == null ? null : column.encoded(value), column.parameter()));
        }
    }

    private static @Nullable PGvector vector(@Nullable Embedding vector) {
        return vector == null ? null : new PGvector(vector.toFloats());
    }

    // ---- Stamps

    private static void addStamp(Sql sql, Stamp stamp) throws Refusal {
        sql.value(stamp.version(), "").value(provenance(stamp), "").value(written(stamp), "");
    }

    private static @Nullable String provenance(Stamp stamp) throws Refusal {
        Map<String, Value> fields = new HashMap<>();
        stamp.provenance().forEach((field, provenance) -> fields.put(field, Value.of(provenance)));
        return fields.isEmpty() ? null : Json.text("provenance", fields);
    }

    /** What is forgotten is not there. */
    private static @Nullable String written(Stamp stamp) throws Refusal {
        Map<String, Value> fields = new HashMap<>();
        stamp.written().forEach((field, digest) -> {
            if (digest != Stamp.FORGOTTEN) {
                fields.put(field, Value.of(digest));
            }
        });
        return fields.isEmpty() ? null : Json.text("written", fields);
    }

    private static List<String> forgotten(Stamp stamp) {
        return stamp.written().entrySet().stream()
                .filter(digest -> digest.getValue() == Stamp.FORGOTTEN)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Sets what a patch says of vectors over what stands; the version comes after it. */
    private static void addPatch(List<Sql> sets, Stamp stamp, String row, String provenances, String digests)
            throws Refusal {
        String provenance = provenance(stamp);
        if (provenance != null) {
            String column = Sql.name(provenances);
            sets.add(new Sql()
                    .add(column + " = COALESCE(" + row + column + ", '{}')")
                    .value(provenance, " || ?::text::jsonb"));
        }
        String written = written(stamp);
        List<String> forgotten = forgotten(stamp);
        if (written != null || !forgotten.isEmpty()) {
            String column = Sql.name(digests);
            sets.add(new Sql()
                    .add(column + " = (COALESCE(" + row + column + ", '{}')")
                    .value(written == null ? "{}" : written, " || ?::text::jsonb)")
                    .value(new Sql.TextArray(forgotten), " - ?::text[]"));
        }
    }

    private String insertStamp() {
        return "INSERT INTO " + table.beside() + " AS s (" + table.keyColumns("")
                + ", version, provenance, written) VALUES ("
                + table.keys().stream().map(key -> key.cast("?")).collect(Collectors.joining(", "))
                + ", ?::bigint, ?::text::jsonb, ?::text::jsonb) ON CONFLICT (" + table.keyColumns("")
                + ") DO UPDATE SET ";
    }

    private @Nullable Sql stampOfPut(StoredDocument document) throws Refusal {
        if (table.stamps() == Table.Stamps.INSIDE) {
            return null;
        } else if (document.stamp().equals(Stamp.NONE)) {
            return table.stamps() == Table.Stamps.BESIDE ? withoutStamp(document.key()) : null;
        }
        Sql sql = stamp(document.key(), document.stamp());
        return sql.add("version = excluded.version, provenance = excluded.provenance, written = excluded.written");
    }

    private @Nullable Sql stampOfPatch(Key key, Stamp stamp) throws Refusal {
        if (table.stamps() == Table.Stamps.INSIDE
                || (stamp.equals(Stamp.NONE) && table.stamps() != Table.Stamps.BESIDE)) {
            return null;
        }
        List<Sql> sets = new ArrayList<>();
        addPatch(sets, stamp, "s.", "provenance", "written");
        sets.add(new Sql().add("version = excluded.version"));
        Sql sql = stamp(key, stamp);
        for (int i = 0; i < sets.size(); i++) {
            sql.add(i == 0 ? "" : ", ").add(sets.get(i));
        }
        return sql;
    }

    private Sql stamp(Key key, Stamp stamp) throws Refusal {
        Sql sql = new Sql().add(insertStamp);
        addKey(sql, key);
        addStamp(sql, stamp);
        return sql;
    }

    private Sql withoutStamp(Key key) throws Refusal {
        Sql sql = new Sql().add("DELETE FROM " + table.beside() + " s WHERE ");
        String and = "";
        for (KeyColumn column : table.keys()) {
            sql.add(and + "s." + column.quoted() + " = ").value(column.held(key), column.cast("?"));
            and = " AND ";
        }
        return sql;
    }
}
