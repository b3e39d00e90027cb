package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.PatientIndex;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Participant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps epochs from going back, even when the state directory is lost. An index that bears a later epoch than the store
 * knows of keeps the sidecar from serving, unless the operator says that the configured index is the right one. A store
 * that knows the collection is believed while the index is away; an empty one is not.
 */
public final class BootCheck {
    private BootCheck() {}

    /**
     * Completes with the state to begin with where the store has none.
     *
     * @param index the configured initial index
     * @param bootstrap take the configured index although the indexes know of a later epoch
     */
    public static CompletableFuture<CollectionState> run(
            StateRecord<CollectionState> record, Participants participants, String index, boolean bootstrap) {
        return record.read()
                .thenCompose(found -> found.map(state -> ofPresent(participants, state))
                        .orElseGet(() -> participants.open(index).thenCompose(Marker::read))
                        .thenApply(marker -> check(found, marker, index, bootstrap)));
    }

    /**
     * Reads the marker of the primary. Both indexes of a migration are opened side by side; how the other one fares is
     * the member's business.
     */
    private static CompletableFuture<Optional<Marker>> ofPresent(Participants participants, CollectionState state) {
        CompletableFuture<Participant> primary = participants.attach(state.primary());
        String other = state.migration();
        if (other != null) {
            participants.attach(other);
        }
        return primary.thenCompose(participant ->
                isAway(participant) ? CompletableFuture.completedFuture(Optional.empty()) : Marker.read(participant));
    }

    private static boolean isAway(Participant participant) {
        return participant.index() instanceof PatientIndex patient && !patient.isOpen();
    }

    private static CollectionState check(
            Optional<CollectionState> found, Optional<Marker> marker, String index, boolean bootstrap) {
        long known = found.map(CollectionState::epoch).orElse(1L);
        long marked = marker.map(Marker::epoch).orElse(0L);
        if (marked <= known) {
            return found.orElse(CollectionState.initial(index));
        }
        if (!bootstrap) {
            throw new IndexException(
                    IndexException.Kind.MISMATCH,
                    "control.dir: epoch " + known + " (expected: at least " + marked
                            + ", which the index bears; restore"
                            + " the control directory, or set control.bootstrap to serve from " + index + ")");
        }
        return new CollectionState(marked + 1, Phase.SINGLE, index, null, 0, null, Map.of(), 0, List.of());
    }
}
