package io.crossfade.proxy.migration.claim;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.Tenure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two control stores from one index. Sidecars that share no store do not hear of each other's migrations: what the
 * one writes past the other's is lost with the flip. So a migration claims both its indexes first, waits, and begins
 * only if nobody has objected; and a sidecar without a migration looks for claims, objects to one of somebody else, and
 * goes on writing only if its objection is there in time.
 *
 * <p>Why no write is lost: let {@code look} be the time between two looks. A sidecar writes until twice that
 * after its last good look began, and no write of it lasts longer. A look is good that finds no claim, or ends with an
 * objection while the one before is still good. Whoever claims clears the objections, claims, waits for twice that, and then
 * reads. Had it read no objection, then no look that began after its claim was good, so that the other writes nothing any
 * more by then; what it had sent before lands within the index's {@code unknown_settle}, for which the copying waits. In a
 * migration each member looks as well, and sets its claim again should it be gone: a process that was stopped between its
 * own read and its claim may have put that over it.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>good</td><td>whoever has looked</td><td>volatile: read by each write; an older look never replaces a later one</td></tr>
 * <tr><td>looking</td><td>whoever looks</td><td>this</td></tr>
 * <tr><td>taking</td><td>whoever starts a migration</td><td>atomic</td></tr>
 * <tr><td>run</td><td>the member</td><td>volatile</td></tr>
 * <tr><td>told</td><td>one look after the other</td><td>volatile</td></tr>
 * </table>
 */
public final class Claims implements Tenure {
    private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);
    private static final String EXPECTED = " (expected: one control store for all sidecars that write to one index";

    private final String collection;
    private final Duration look;
    private final boolean isAlone;
    private final Time time;
    private final Notes notes;
    private final Map<String, CompletableFuture<Void>> looking = new HashMap<>();
    private final AtomicBoolean taking = new AtomicBoolean();
    private volatile @Nullable Good good;
    private volatile @Nullable Run run;
    private volatile String told = "";

    /** The last good look at an index. */
    private record Good(String index, long beganNanos) {}

    /** Looks at the indexes of the route of the moment, until another one begins. */
    private record Run(Supplier<Route> route) {}

    /**
     * @param look time between two looks; zero: nobody else can be there, and nothing is looked at
     * @param ofNobody the id of an owner that is gone for good, whose claims count for nothing; "" for none
     * @param isAlone this is the only sidecar of its store, so that a claim of its own without a migration is one that was
     *     left behind
     * @param timeout of one call to an index
     */
    public Claims(
            String collection,
            Owner owner,
            Duration look,
            String ofNobody,
            boolean isAlone,
            Duration timeout,
            Time time) {
        this.collection = collection;
        this.look = look;
        this.isAlone = isAlone;
        this.time = time;
        this.notes = new Notes(collection, owner, ofNobody, timeout);
    }

    /** Whether a note on an index is a claim, which outlives what it was made for. */
    public static boolean isKept(String note) {
        return note.equals(Claim.NAME);
    }

    private boolean canBeShared(Participant index) {
        return !look.isZero() && !index.index().capabilities().embedded();
    }

    // ---- While calls are served

    /**
     * Looks before anything is served, and fails if the index belongs to somebody else. An index that does not answer is
     * looked at before anything is written to it.
     */
    public CompletableFuture<Void> begin(Participant index) {
        return !canBeShared(index)
                ? CompletableFuture.completedFuture(null)
                : renewed(index)
                        .exceptionallyCompose(failed -> Cause.of(failed) instanceof CallException
                                ? CompletableFuture.failedFuture(failed)
                                : CompletableFuture.completedFuture(null));
    }

    /** Looks again and again. */
    public void follow(Supplier<Route> route) {
        if (!look.isZero()) {
            Run next = new Run(route);
            run = next;
            again(next, look);
        }
    }

    private void again(Run of, Duration wait) {
        if (run == of) {
            time.after(wait, () -> work(of));
        }
    }

    private void work(Run of) {
        if (run != of) {
            return;
        }
        Branches.take(look(of.route().get()), (done, failed) -> {
            tell(failed == null ? "" : Cause.message(failed));
            again(of, failed == null || look.compareTo(AFTER_A_FAILURE) < 0 ? look : AFTER_A_FAILURE);
        });
    }

    /** Says what keeps it from looking, once: it is tried again, again and again. */
    private void tell(String problem) {
        if (!problem.isEmpty() && !problem.equals(told)) {
            LOG.warn("{}: {}", collection, problem);
        }
        told = problem;
    }

    private CompletableFuture<Void> look(Route route) {
        return route instanceof Route.Paired paired
                ? CompletableFuture.allOf(hold(paired.leader()), hold(paired.follower()))
                : canBeShared(route.leader()) ? renewed(route.leader()) : CompletableFuture.completedFuture(null);
    }

    public void stop() {
        run = null;
    }

    /** Sees to it that an index of a migration under way bears its claim. */
    private CompletableFuture<Void> hold(Participant index) {
        return !canBeShared(index)
                ? CompletableFuture.completedFuture(null)
                : notes.read(index).thenCompose(found -> {
                    if (found.own().isPresent()) {
                        return CompletableFuture.completedFuture(null);
                    }
                    found.foreign()
                            .ifPresent(claim -> LOG.error(
                                    "{}: {} is migrated by {}, too; this one claims it again{})",
                                    collection,
                                    index.name(),
                                    claim,
                                    EXPECTED));
                    return notes.claim(index, found.isMoved())
                            .thenCompose(claimed -> found.foreign().isPresent()
                                    ? notes.object(index)
                                    : CompletableFuture.completedFuture(null));
                });
    }

    @Override
    public Duration left(Participant index) {
        if (!canBeShared(index)) {
            return FOR_EVER;
        }
        Good last = good;
        return last == null || !last.index().equals(index.name())
                ? Duration.ZERO
                : look.multipliedBy(2).minusNanos(time.nanos() - last.beganNanos());
    }

    private boolean isGood(Participant index) {
        Duration left = left(index);
        return !left.isZero() && !left.isNegative();
    }

    private synchronized void good(Participant index, long beganNanos) {
        Good last = good;
        if (last == null || !last.index().equals(index.name()) || beganNanos - last.beganNanos() > 0) {
            good = new Good(index.name(), beganNanos);
        }
    }

    /** Looks, together with all who ask meanwhile. */
    @Override
    public CompletableFuture<Void> renewed(Participant index) {
        CompletableFuture<Void> mine;
        synchronized (this) {
            CompletableFuture<Void> underWay = looking.get(index.name());
            if (underWay != null) {
                return underWay.copy();
            }
            mine = new CompletableFuture<>();
            looking.put(index.name(), mine);
        }
        Branches.take(look(index), (done, failed) -> {
            synchronized (this) {
                looking.remove(index.name());
            }
            if (failed == null) {
                mine.complete(null);
            } else {
                mine.completeExceptionally(Cause.of(failed));
            }
        });
        return mine.copy();
    }

    private CompletableFuture<Void> look(Participant index) {
        long began = time.nanos();
        return notes.read(index).thenCompose(found -> {
            Claim foreign = found.foreign().orElse(null);
            if (foreign != null) {
                return isGood(index) && !foreign.moved()
                        ? object(index, found).thenCompose(objected -> goOn(index, began, foreign))
                        : CompletableFuture.failedFuture(refusal(index, foreign));
            }
            Claim own = found.own().orElse(null);
            if (own != null && taking.get() && good != null) {
                return goOn(index, began, own); // it may have been put over that of somebody else
            }
            good(index, began);
            boolean isLeftBehind = own != null && isAlone && !taking.get();
            return isLeftBehind ? notes.logged(index, notes.clear(index)) : CompletableFuture.completedFuture(null);
        });
    }

    /** The look is good if the one before still is. */
    private CompletableFuture<Void> goOn(Participant index, long beganNanos, Claim claim) {
        if (!isGood(index)) {
            return CompletableFuture.failedFuture(refusal(index, claim));
        }
        good(index, beganNanos);
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> object(Participant index, Notes.Found found) {
        if (found.objection().filter(notes::isMine).isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        LOG.warn(
                "{}: somebody else is about to migrate {}, which this sidecar writes to: it objects{})",
                collection,
                index.name(),
                EXPECTED);
        return notes.object(index);
    }

    private static CallException refusal(Participant index, Claim claim) {
        return new CallException(
                CallException.Kind.PRECONDITION,
                index.name() + (claim.moved() ? " is no longer that of " : " is being migrated by ") + claim
                        + ", not of this one, which writes to it no more" + expected(claim));
    }

    private static String expected(Claim claim) {
        return EXPECTED + "; if that store is gone for good: identity.void_claims: "
                + claim.owner().id() + ")";
    }

    // ---- Of a migration

    /**
     * Claims both indexes of a migration that is to begin, and has it begun; fails if somebody else writes to one of them, or
     * migrates it. One at a time.
     *
     * @param begins takes the first step
     * @param hasBegun whether that may have been taken; otherwise the indexes are let go of again
     */
    public <T> CompletableFuture<T> take(
            Participant from,
            Participant to,
            Supplier<CompletableFuture<T>> begins,
            Supplier<CompletableFuture<Boolean>> hasBegun) {
        List<Participant> shared =
                List.of(from, to).stream().filter(this::canBeShared).toList();
        if (shared.isEmpty()) {
            return begins.get();
        }
        if (!taking.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(
                    new CallException(CallException.Kind.ABORTED, "a migration is being started already"));
        }
        return each(shared, index -> claim(index, index == to))
                .thenCompose(claimed -> time.rest(look.multipliedBy(2)))
                .thenCompose(rested -> each(shared, this::requireSole))
                .thenCompose(sole -> begins.get())
                .exceptionallyCompose(failed -> Branches.compose(
                                hasBegun.get(),
                                (begun, unknown) -> unknown == null && !begun
                                        ? each(shared, this::letGo)
                                        : CompletableFuture.<Void>completedFuture(null))
                        .thenCompose(gone -> CompletableFuture.failedFuture(Cause.of(failed))))
                .whenComplete((done, failed) -> taking.set(false));
    }

    private static CompletableFuture<Void> each(
            List<Participant> indexes, Function<Participant, CompletableFuture<Void>> step) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        indexes.forEach(index -> all.add(step.apply(index)));
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> claim(Participant index, boolean isTarget) {
        return notes.read(index).thenCompose(found -> {
            Claim foreign = found.foreign().orElse(null);
            return foreign != null && !(isTarget && foreign.moved())
                    ? CompletableFuture.failedFuture(taken(index.name() + " belongs to " + foreign + expected(foreign)))
                    : notes.clearObjections(index).thenCompose(cleared -> notes.claim(index, found.isMoved()));
        });
    }

    private CompletableFuture<Void> requireSole(Participant index) {
        return notes.read(index).thenAccept(found -> {
            if (found.own().isEmpty() || found.objection().isPresent()) {
                throw taken(index.name() + " is also used by sidecars with "
                        + found.objection().map(id -> "control store " + id).orElse("another control store")
                        + ", which would not hear of the migration" + EXPECTED + ")");
            }
        });
    }

    private static CallException taken(String why) {
        return CallException.blocked(List.of(Blocker.of(Blocker.Code.INDEX_TAKEN, why)));
    }

    /** Lets go of an index; one that a collection has moved away from stays out of reach of those who have not heard of that. */
    private CompletableFuture<Void> letGo(Participant index) {
        return notes.logged(
                index,
                notes.read(index)
                        .thenCompose(
                                found -> found.own().filter(own -> !own.moved()).isPresent()
                                        ? notes.clear(index)
                                        : CompletableFuture.completedFuture(null)));
    }

    /**
     * Lets go of the indexes of a migration that has ended: the one that the collection has moved away from, if it has, stays
     * out of reach of those who have not heard of that. Completes when the one that is kept is free; never fails.
     */
    public CompletableFuture<Void> ended(Route.Paired before, Participant kept) {
        Participant other = before.leader().name().equals(kept.name()) ? before.follower() : before.leader();
        boolean hasMoved = !before.primary().name().equals(kept.name());
        if (canBeShared(other)) {
            Branches.drop(
                    hasMoved ? notes.logged(other, notes.claim(other, true)) : letGo(other),
                    "what fails is logged by then");
        }
        return canBeShared(kept) ? notes.logged(kept, notes.clear(kept)) : CompletableFuture.completedFuture(null);
    }
}
