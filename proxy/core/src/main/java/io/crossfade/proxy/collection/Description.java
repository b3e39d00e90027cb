package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Space;
import java.util.List;
import java.util.Set;

/**
 * What a collection needs and can do right now.
 *
 * @param idleSpaces configured spaces that no index of this collection uses now. Their vectors are accepted and not
 * stored, so that applications can send them before a migration begins and after it is complete
 * @param operatorsKnown false as long as the serving index has not been reached since the start
 */
public record Description(
        String collection,
        long epoch,
        Phase phase,
        String servingIndex,
        List<SpaceUse> spaces,
        List<Space> idleSpaces,
        Limits limits,
        boolean operatorsKnown,
        Set<Filter.Operator> filterOperators,
        List<String> textFields) {
    /**
     * @param leading the index decides: documents must have a vector of this space, or text if it embeds
     * @param serving the index answers reads
     * @param embeds the sidecar can make vectors of this space
     */
    public record SpaceUse(String index, String field, Space space, boolean leading, boolean serving, boolean embeds) {}

    /** Largest request parts; sizes in bytes. */
    public record Limits(
            int batch, int topK, int textBytes, int metadataBytes, int idBytes, int messageBytes, int maxMatched) {}
}
