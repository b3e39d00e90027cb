package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.migration.claim.Claims;
import io.crossfade.proxy.migration.identity.Lineage;
import io.crossfade.proxy.migration.member.Marker;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.member.Participants;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.VersionClock;
import io.crossfade.proxy.route.ApplicationNotes;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Begins a migration, or says what it would take and what stands in its way. Everything that can be known before the
 * first step is checked here, because from then on each write is recorded in the journal, and a backfill may pay for
 * embeddings.
 */
public final class MigrationStart {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Participants participants;
    private final Claims claims;
    private final Stepper stepper;
    private final Time time;
    private final Supplier<String> random;

    /**
     * @param random words that never repeat
     */
    public MigrationStart(
            Participants participants, Claims claims, Stepper stepper, Time time, Supplier<String> random) {
        this.random = random;
        this.claims = claims;
        this.participants = participants;
        this.stepper = stepper;
        this.time = time;
    }

    /**
     * Starts, or estimates in a dry run. Epoch and phase come first, as for every step. The index is opened, not only
     * attached: an engine that is away can come back to a migration under way, but none begins without it. If there is
     * none it is made, but by a dry run, and not before all else is found to be right.
     */
    CompletableFuture<Admin.Started> start(Member member, Admin.StartRequest request) {
        CollectionState state = member.state();
        Stepper.requireEpoch(state, request.expectedEpoch());
        if (state.phase() != Phase.SINGLE) {
            throw new CallException(CallException.Kind.PRECONDITION, "phase: " + state.phase() + " (expected: SINGLE)");
        }
        if (request.toIndex().equals(state.primary())) {
            throw new CallException(
                    CallException.Kind.INVALID,
                    "to_index: " + request.toIndex() + " (expected: another index than the one it is on)");
        }
        if (!participants.names().contains(request.toIndex())) {
            throw new CallException(
                    CallException.Kind.NOT_FOUND,
                    "to_index: " + request.toIndex() + " (expected: one of "
                            + participants.names().stream().sorted().toList() + ")");
        }
        Participant from = member.current().get().leader();
        return target(request).thenCompose(to -> {
            checkModes(from, to, request.modes());
            Function<Participant, CompletableFuture<List<Blocker>>> blockers =
                    index -> blockers(state, member.context().collection(), from, index);
            return request.dryRun()
                    ? blockers.apply(to)
                            .thenCompose(found -> Estimate.of(from, to, TIMEOUT, time)
                                    .thenApply(
                                            estimate -> new Admin.Started(state.epoch(), Optional.of(estimate), found)))
                    : made(from, to, blockers).thenCompose(index -> begin(request, from, index));
        });
    }

    /** The index to move to: open, or known to be missing. An engine that was slow to answer at first may have said so since. */
    private CompletableFuture<Participant> target(Admin.StartRequest request) {
        return participants
                .attach(request.toIndex())
                .thenCompose(attached -> Participants.isMissing(attached)
                        ? CompletableFuture.completedFuture(attached)
                        : participants
                                .open(request.toIndex())
                                .exceptionallyCompose(failed -> Participants.isMissing(attached)
                                        ? CompletableFuture.completedFuture(attached)
                                        : CompletableFuture.failedFuture(failed)));
    }

    /**
     * Makes the index if it is missing and nothing else is in the way. It is looked at again then: somebody else may have
     * made it, and filled it, meanwhile.
     */
    private CompletableFuture<Participant> made(
            Participant from, Participant to, Function<Participant, CompletableFuture<List<Blocker>>> blockers) {
        return blockers.apply(to).thenCompose(found -> {
            if (!found.isEmpty()) {
                return CompletableFuture.failedFuture(CallException.blocked(found));
            }
            return Participants.isMissing(to)
                    ? participants
                            .createLike(from, to.name(), TIMEOUT)
                            .thenCompose(created -> made(from, created, blockers))
                    : CompletableFuture.completedFuture(to);
        });
    }

    /**
     * Checks the modes. They choose nothing: whether a vector can be carried follows from the spaces of both indexes.
     * They let an operator say what is expected, and be refused before a mistake in the configuration has every
     * document embedded.
     */
    private static void checkModes(Participant from, Participant to, Map<String, Admin.Mode> modes) {
        modes.forEach((field, mode) -> {
            if (!to.spaces().containsKey(field)) {
                throw new CallException(
                        CallException.Kind.INVALID,
                        "modes: \"" + field + "\" (expected: a field of " + to.name() + ", one of "
                                + to.spaces().keySet() + ")");
            }
            boolean same = to.canCarry(field, from);
            if (same != (mode == Admin.Mode.CARRY)) {
                throw new CallException(
                        CallException.Kind.INVALID,
                        "modes[\"" + field + "\"]: " + mode + " (expected: " + (same ? "CARRY" : "EMBED")
                                + ", the indexes have " + (same ? "one space" : "different spaces") + ")");
            }
        });
    }

    /**
     * Finds what stands in the way. After the flip the index serves everything that is in it, so there may be nothing
     * that this collection did not write: an index without a marker must be empty. One that bears this collection's
     * marker may hold what an earlier migration left; reconcile overwrites it, and verify finds what is too much.
     */
    private static CompletableFuture<List<Blocker>> blockers(
            CollectionState state, String collection, Participant from, Participant to) {
        List<Blocker> blockers = new ArrayList<>();
        return ApplicationNotes.blocker(from, "", TIMEOUT).thenCompose(notes -> {
            notes.ifPresent(blockers::add);
            return addBlockers(blockers, state, collection, from, to);
        });
    }

    private static CompletableFuture<List<Blocker>> addBlockers(
            List<Blocker> blockers, CollectionState state, String collection, Participant from, Participant to) {
        if (state.isFleet()
                && (from.index().capabilities().embedded()
                        || to.index().capabilities().embedded())) {
            blockers.add(Blocker.of(
                    Blocker.Code.EMBEDDED_INDEX,
                    "an embedded index cannot be shared by " + state.members().size() + " sidecars"));
        }
        if (Participants.isMissing(to)) {
            return CompletableFuture.completedFuture(blockers); // the start makes it
        }
        return Marker.collectionOf(to).thenCompose(owner -> {
            if (owner.isPresent()) {
                owner.filter(name -> !name.equals(collection))
                        .ifPresent(name -> blockers.add(
                                Blocker.of(Blocker.Code.INDEX_TAKEN, to.name() + " belongs to collection " + name)));
                return CompletableFuture.completedFuture(blockers);
            }
            return to.index().count(null, TIMEOUT).thenApply(count -> {
                if (count > 0) {
                    blockers.add(Blocker.of(
                            Blocker.Code.INDEX_NOT_EMPTY,
                            to.name() + " holds " + count + " documents that no migration of this collection wrote"));
                }
                return blockers;
            });
        });
    }

    /**
     * Claims both indexes, and takes the first step. If that is not taken after all they are let go of; what may have been
     * taken keeps them.
     */
    private CompletableFuture<Admin.Started> begin(Admin.StartRequest request, Participant from, Participant to) {
        return claims.take(
                from,
                to,
                () -> step(request, from, to),
                () -> stepper.await(state -> true)
                        .thenApply(state -> state.phase() != Phase.SINGLE || state.step() != null));
    }

    /**
     * Takes the first step. The version names the migration: progress and verdicts are kept
     * under it, so that those of an older one do not count.
     */
    private CompletableFuture<Admin.Started> step(Admin.StartRequest request, Participant from, Participant to) {
        return Lineage.of(from.index(), TIMEOUT)
                .thenCombine(Lineage.of(to.index(), TIMEOUT), (ofFrom, ofTo) -> beginning(from, ofFrom, to, ofTo))
                .thenCompose(beginning -> stepper.take(new Stepper.Request(
                        Phase.SINGLE,
                        Phase.MIRRORING,
                        request.toIndex(),
                        request.expectedEpoch(),
                        "migration to " + request.toIndex(),
                        false,
                        beginning)))
                .thenApply(state -> new Admin.Started(state.epoch(), Optional.empty(), List.of()));
    }

    private CollectionState.Beginning beginning(
            Participant from, Optional<String> ofFrom, Participant to, Optional<String> ofTo) {
        Map<String, String> found = new HashMap<>();
        ofFrom.ifPresent(lineage -> found.put(from.name(), lineage));
        ofTo.ifPresent(lineage -> found.put(to.name(), lineage));
        return new CollectionState.Beginning(
                VersionClock.atMillis(time.wallMillis()),
                Map.copyOf(found),
                Map.of(from.name(), random.get(), to.name(), random.get()));
    }
}
