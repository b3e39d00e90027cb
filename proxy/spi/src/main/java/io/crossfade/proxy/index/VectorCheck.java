package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells whether vectors fit the fields of an index. */
public final class VectorCheck {
    private VectorCheck() {}

    /** Why an index with these fields can never take the write; null if it can. */
    public static @Nullable String problem(Map<String, Space> fields, IndexWrite write) {
        for (Map.Entry<String, Embedding> vector : write.vectors().entrySet()) {
            String problem = problem(fields, vector.getKey(), vector.getValue());
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /** Why the vector cannot belong to the field; null if it can. */
    public static @Nullable String problem(Map<String, Space> fields, String field, Embedding vector) {
        Space space = fields.get(field);
        String name = "vectors[\"" + field + "\"]: ";
        if (space == null) {
            return name + "no such field (expected: one of " + fields.keySet() + ")";
        } else if (vector.dimensions() != space.dimensions()) {
            return name + vector.dimensions() + " dimensions (expected: " + space.dimensions() + " for space "
                    + space.name() + ")";
        }
        int position = vector.firstNotFinite();
        return position < 0 ? null : name + vector.get(position) + " at " + position + " (expected: finite)";
    }
}
