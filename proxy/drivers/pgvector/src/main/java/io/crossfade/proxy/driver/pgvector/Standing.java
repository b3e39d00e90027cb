package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks, before a transaction is committed, whether what stands in it is what was written: a trigger may have changed a row, left
 * it out or kept it, and the engine says nothing of that. Only for tables that have triggers.
 */
final class Standing {
    /** As the engine has it for an exception of a trigger. */
    private static final String REFUSED = "P0001";

    private final Table table;
    private final Connection connection;

    Standing(Table table, Connection connection) {
        this.table = table;
        this.connection = connection;
    }

    /** Fails, as if a trigger had refused the row, if something else stands than what these writes say. */
    void check(Collection<IndexWrite> writes) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE"); // those of the commit run now
        }
        List<Key> keys = writes.stream().map(IndexWrite::key).toList();
        Map<Key, StoredDocument> found = new Reader(table).fetch(connection, keys, Projection.ALL);
        for (IndexWrite write : writes) {
            String difference = write.match(new Differences(found.get(write.key())));
            if (!difference.isEmpty()) {
                throw new SQLException(
                        difference + " (expected: what was written; the table has triggers: "
                                + String.join(", ", table.triggers()) + ")",
                        REFUSED);
            }
        }
    }

    /** What is not as a write says; "" for nothing. */
    private record Differences(@Nullable StoredDocument found) implements IndexWrite.Cases<String, RuntimeException> {
        @Override
        public String put(IndexWrite.Put put) {
            StoredDocument document = put.document();
            if (found == null) {
                return "row: not there after it was written";
            } else if (!Objects.equals(found.text(), document.text())) {
                return "text: changed after it was written";
            }
            String metadata = replaced(document.metadata());
            return !metadata.isEmpty() ? metadata : vectors(document.vectors());
        }

        @Override
        public String patchMetadata(IndexWrite.PatchMetadata write) {
            if (found == null) {
                return "";
            }
            MetadataPatch patch = write.patch();
            Set<String> touched = new HashSet<>(patch.remove());
            touched.addAll(patch.set().keySet());
            String metadata = patch.replace() ? replaced(patch.set()) : metadata(touched, patch.set());
            return !metadata.isEmpty() ? metadata : vectors(write.vectors());
        }

        @Override
        public String patchVectors(IndexWrite.PatchVectors patch) {
            return found == null ? "" : vectors(patch.vectors());
        }

        @Override
        public String remove(IndexWrite.Remove remove) {
            return found == null ? "" : "row: still there after it was removed";
        }

        @Override
        public String unstamp(IndexWrite.Unstamp unstamp) {
            return "";
        }

        private String replaced(Map<String, Value> wanted) {
            Set<String> keys = new HashSet<>(wanted.keySet());
            keys.addAll(Objects.requireNonNull(found).metadata().keySet());
            return metadata(keys, wanted);
        }

        private String metadata(Set<String> keys, Map<String, Value> wanted) {
            for (String key : keys) {
                if (!Objects.equals(Objects.requireNonNull(found).metadata().get(key), wanted.get(key))) {
                    return "metadata." + key + ": changed after it was written";
                }
            }
            return "";
        }

        private String vectors(Map<String, Embedding> wanted) {
            for (Map.Entry<String, Embedding> vector : wanted.entrySet()) {
                Embedding stands = Objects.requireNonNull(found).vectors().get(vector.getKey());
                if (!Objects.equals(stands, vector.getValue())) {
                    return "vector \"" + vector.getKey() + "\": changed after it was written";
                }
            }
            return "";
        }
    }
}
