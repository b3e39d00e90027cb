package io.crossfade.proxy.migration.reconcile;

import io.crossfade.proxy.model.Provenance;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import java.util.Map;
import java.util.Optional;

/**
 * Finds vectors that no longer fit a text that is joined from metadata. Two updates of different keys, one of which
 * lands late or comes through another sidecar, leave both keys right, and a vector that was made while one of them
 * still was what it had been.
 */
public final class JoinedText {
    private JoinedText() {}

    /**
     * A field of the leader whose vector was made from another text than the one that stands now, and can be made anew.
     */
    public static Optional<String> staleField(Participant leader, StoredDocument document) {
        String text = leader.textSource().isOwn() ? null : leader.textSource().of(document.text(), document.metadata());
        if (text == null) {
            return Optional.empty();
        }
        return leader.spaces().entrySet().stream()
                .filter(field -> leader.embedder(field.getKey()) != null
                        && isStale(field, document.stamp().provenance(), text))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * Whether a vector's provenance names another text. What was there before any migration names none, and counts as
     * right.
     */
    private static boolean isStale(Map.Entry<String, Space> field, Map<String, String> provenance, String text) {
        String has = provenance.get(field.getKey());
        String wanted = new Provenance(field.getValue().fingerprint(), Provenance.source(text)).encoded();
        return has != null && !has.equals(wanted);
    }
}
