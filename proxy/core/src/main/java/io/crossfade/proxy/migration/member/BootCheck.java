package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.PatientIndex;
import io.crossfade.proxy.migration.identity.Lineage;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps epochs from going back, even when the state directory is lost or an older copy of it is put in its place. An
 * index that bears a later epoch than the store knows of keeps the sidecar from serving, whichever of the two it is; so
 * does another index in the place of the one that serves. The operator may say that the configured index is the right
 * one. A store that knows the collection is believed while an index is away, which is looked at once it is back; an
 * empty one is not.
 */
public final class BootCheck {
    private static final Logger LOG = LoggerFactory.getLogger(BootCheck.class);

    private BootCheck() {}

    /**
     * Completes with the state to begin with where the store has none.
     *
     * @param index the configured initial index
     * @param creates make that index if there is none, for a collection that the store knows nothing of
     * @param bootstrap take the configured index although the indexes know of a later epoch, and what serves although it is
     *     gone
     */
    public static CompletableFuture<CollectionState> run(
            StateRecord<CollectionState> record,
            Participants participants,
            String index,
            boolean creates,
            boolean bootstrap) {
        return record.read()
                .thenCompose(found -> found.map(state -> ofPresent(participants, state, bootstrap))
                        .orElseGet(() -> (creates ? participants.create(index, List.of()) : participants.open(index))
                                .thenCompose(BootCheck::epoch))
                        .thenApply(marked -> check(found, marked, index, bootstrap)));
    }

    /** The latest epoch that the indexes of a state bear. They are opened side by side; one that is away says nothing. */
    private static CompletableFuture<Long> ofPresent(
            Participants participants, CollectionState state, boolean bootstrap) {
        List<CompletableFuture<Long>> epochs = new ArrayList<>();
        for (String name : indexes(state)) {
            epochs.add(participants
                    .attach(name)
                    .thenCompose(participant -> there(participants, participant, state, bootstrap))
                    .thenCompose(participant -> isAway(participant)
                            ? CompletableFuture.completedFuture(0L)
                            : epochOf(participant, state, bootstrap)));
        }
        return CompletableFuture.allOf(epochs.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        epochs.stream().mapToLong(CompletableFuture::join).max().orElse(0));
    }

    /** What serves must be there; only an operator's word makes an empty index of that name. */
    private static CompletableFuture<Participant> there(
            Participants participants, Participant participant, CollectionState state, boolean bootstrap) {
        if (!Participants.isMissing(participant) || !participant.name().equals(state.serving())) {
            return CompletableFuture.completedFuture(participant);
        }
        return bootstrap
                ? participants.create(participant.name(), List.of())
                : participants.open(participant.name()).exceptionallyCompose(failed -> {
                    throw new IndexException(IndexException.Kind.MISSING, replaced(Cause.message(failed)));
                });
    }

    private static List<String> indexes(CollectionState state) {
        String other = state.migration();
        return other == null ? List.of(state.primary()) : List.of(state.primary(), other);
    }

    /** The epoch of an index; one that follows may fail to answer, which is the member's business. */
    private static CompletableFuture<Long> epochOf(Participant participant, CollectionState state, boolean bootstrap) {
        if (!participant.name().equals(state.serving())) {
            return epoch(participant).exceptionally(failed -> 0L);
        }
        return Marker.attributes(participant).thenApply(attributes -> {
            checkLineage(participant.name(), state, attributes, bootstrap);
            return Marker.of(participant, attributes).map(Marker::epoch).orElse(0L);
        });
    }

    private static CompletableFuture<Long> epoch(Participant participant) {
        return Marker.read(participant)
                .thenApply(marker -> marker.map(Marker::epoch).orElse(0L));
    }

    private static void checkLineage(
            String index, CollectionState state, Map<String, String> attributes, boolean bootstrap) {
        Lineage.difference(index, state.lineages().get(index), attributes)
                .filter(difference -> !bootstrap)
                .ifPresent(difference -> {
                    throw new IndexException(IndexException.Kind.MISMATCH, replaced(difference));
                });
    }

    /** What to do about another index in the place of the one that serves. */
    private static String replaced(String difference) {
        return difference + "; restore that index, or set control.bootstrap to serve what is there, which is in doubt";
    }

    /**
     * Has the indexes that are away looked at once they are back, before any call gets there. A member whose state is found
     * to be older than what an index bears ends: it serves what the collection has left.
     */
    public static void watchAway(Member member) {
        Participants participants = member.context().participants();
        for (String name : indexes(member.state())) {
            Branches.take(
                    participants.attach(name).thenCompose(participant -> watch(member, participant)),
                    (watched, failed) -> {
                        if (failed != null) {
                            LOG.warn("{}: not looked at: {}", name, Cause.message(failed));
                        }
                    });
        }
    }

    /** One that has come back since the start, before it was watched, is looked at now. */
    private static CompletableFuture<Void> watch(Member member, Participant participant) {
        if (!(participant.index() instanceof PatientIndex patient)) {
            return CompletableFuture.completedFuture(null);
        }
        patient.checkOnceBack(
                index -> checkBack(member, new Participant(participant.definition(), index, participant.embedders())));
        return patient.isOpen() ? checkBack(member, participant) : CompletableFuture.completedFuture(null);
    }

    private static CompletableFuture<Void> checkBack(Member member, Participant back) {
        return Marker.attributes(back).thenCombine(member.context().record().read(), (attributes, found) -> {
            CollectionState state = found.orElse(member.state());
            if (back.name().equals(state.serving())) {
                checkLineage(back.name(), state, attributes, false);
            }
            long marked = Marker.of(back, attributes).map(Marker::epoch).orElse(0L);
            if (marked > state.epoch()) {
                String old = older(state.epoch(), marked, back.name());
                member.refuse(old);
                throw new IndexException(IndexException.Kind.MISMATCH, old);
            }
            return null;
        });
    }

    static boolean isAway(Participant participant) {
        return participant.index() instanceof PatientIndex patient && !patient.isOpen();
    }

    private static CollectionState check(
            Optional<CollectionState> found, long marked, String index, boolean bootstrap) {
        long known = found.map(CollectionState::epoch).orElse(1L);
        if (marked <= known) {
            return found.orElse(CollectionState.initial(index));
        }
        if (!bootstrap) {
            throw new IndexException(
                    IndexException.Kind.MISMATCH,
                    older(known, marked, "an index") + ", or set control.bootstrap to serve from " + index);
        }
        return CollectionState.bootstrapped(index, marked + 1);
    }

    private static String older(long known, long marked, String bearer) {
        return "control.dir: epoch " + known + " (expected: at least " + marked + ", which " + bearer
                + " bears): restore the control directory, or use the control store with which that index is migrated";
    }
}
