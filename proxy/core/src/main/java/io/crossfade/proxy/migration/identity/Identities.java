package io.crossfade.proxy.migration.identity;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.VersionClock;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.Journal;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Sent;
import io.crossfade.proxy.write.journal.Tail;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that the indexes of a migration are still what they were, and says so where it was found that they are not.
 * Whoever acts on what it has read of an index asks for a vouch between reading and acting: a look before the read
 * proves nothing (R30). While documents are written each index gets a note now and then.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>witnesses, rounds, beats</td><td>whoever asks for an index first</td><td>concurrent maps</td></tr>
 * <tr><td>agreed</td><td>the member, once, before anything is asked</td><td>volatile</td></tr>
 * <tr><td>route, stopped</td><td>the member</td><td>volatile</td></tr>
 * </table>
 */
public final class Identities {
    private static final Logger LOG = LoggerFactory.getLogger(Identities.class);

    private final Context context;
    private final Tail.Each tails;
    private final List<Sent> known;
    private final long settledNanos;
    private final StateOld stateOld;
    private final Map<String, Witness> witnesses = new ConcurrentHashMap<>();
    private final Map<String, Round> rounds = new ConcurrentHashMap<>();
    private final Map<String, Round> beats = new ConcurrentHashMap<>();
    private final Map<String, Long> looked = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> doubting = new ConcurrentHashMap<>();
    private final Looks looks;
    private volatile @Nullable Agreed agreed;
    private volatile @Nullable Supplier<Route> route;
    private volatile boolean stopped;

    /**
     * What it works with.
     *
     * @param process random for each run of the process
     */
    public record Context(
            String collection,
            String member,
            String process,
            IdentitySettings settings,
            Marks marks,
            Journal journal,
            VersionClock versions,
            Time time) {}

    /** Hears that what this member remembers of its writes is not all of it. */
    @FunctionalInterface
    public interface StateOld {
        void found(String reason);
    }

    /**
     * @param known how far an earlier process has come
     * @param settledNanos when nothing that it has sent can take effect any more
     */
    public Identities(Context context, Tail.Each tails, List<Sent> known, long settledNanos, StateOld stateOld) {
        this.context = context;
        this.tails = tails;
        this.known = List.copyOf(known);
        this.settledNanos = settledNanos;
        this.stateOld = stateOld;
        this.looks = new Looks(context.time());
    }

    /** Joins the member that it is for; nothing can be asked before. */
    public void join(Agreed with) {
        agreed = with;
    }

    private Agreed agreed() {
        return requireNonNull(agreed, "joined");
    }

    private Witness witness(Participant participant) {
        return witnesses.computeIfAbsent(participant.name(), name -> {
            Sent before = known.stream()
                    .filter(sent -> sent.index().equals(name))
                    .findFirst()
                    .orElse(null);
            return new Witness(name, tails.of(name), context, before, settledNanos);
        });
    }

    public Tail.Each tails() {
        return tails;
    }

    /** What was found of both indexes so far. */
    public Looks looks() {
        return looks;
    }

    /**
     * Hears of documents that were read. Versions that are given from now on are above theirs, also where the journal that
     * knew of them is lost and the clock was set back (R14).
     */
    public void saw(Collection<StoredDocument> documents) {
        documents.forEach(document -> context.versions().observe(document.version()));
    }

    /** The number of the latest doubt: what was read before it moved may not be acted on. */
    public long doubted() {
        return agreed().state().doubted();
    }

    /**
     * Looks at an index, from now on: those who ask while a look is under way share the next one. Never fails; what was
     * found is recorded by the time it completes.
     */
    public CompletableFuture<Vouch> vouch(Participant participant) {
        return rounds.computeIfAbsent(participant.name(), name -> new Round())
                .next(() -> witness(participant)
                        .vouch(participant, agreed().state(), false)
                        .thenCompose(vouch -> found(participant, vouch)));
    }

    /** Looks as {@link #vouch} does, and reads back all that was written last. */
    public CompletableFuture<Vouch> vouchWhole(Participant participant) {
        return witness(participant)
                .vouch(participant, agreed().state(), true)
                .thenCompose(vouch -> found(participant, vouch));
    }

    /**
     * Looks at an index and writes a note on it, which must be readable again. Those who ask while that is under way share
     * the next one: of two notes on their way at once the older could land last (R35).
     */
    public CompletableFuture<Vouch> beat(Participant participant) {
        return beats.computeIfAbsent(participant.name(), name -> new Round())
                .next(() -> witness(participant)
                        .beat(participant, agreed().state())
                        .thenCompose(vouch -> found(participant, vouch)));
    }

    /**
     * Acts on what was found, and completes with it. Once the migration has ended for this member nothing is found any
     * more: the next one may have begun, and what is known here is not about that.
     */
    private CompletableFuture<Vouch> found(Participant participant, Vouch vouch) {
        if (stopped) {
            return CompletableFuture.completedFuture(
                    new Vouch(Vouch.Kind.UNREACHABLE, 0, participant.name() + " is not looked at any more"));
        }
        looked.put(participant.name(), context.time().nanos());
        looks.found(participant.name(), vouch);
        return switch (vouch.kind()) {
            case SAME, UNREACHABLE -> CompletableFuture.completedFuture(vouch);
            case REPLACED -> replaced(participant, vouch);
            case WENT_BACK -> doubted(participant, vouch);
            case STATE_OLD -> {
                stateOld.found(vouch.found());
                yield rebase(participant).thenApply(done -> vouch);
            }
            case TWIN -> {
                agreed().twin(vouch.found());
                yield CompletableFuture.completedFuture(vouch);
            }
        };
    }

    private CompletableFuture<Vouch> replaced(Participant participant, Vouch vouch) {
        boolean isKnown = !agreed().state()
                .doubtsAbout(participant.name(), Doubt.Kind.INDEX_REPLACED)
                .isEmpty();
        return isKnown ? CompletableFuture.completedFuture(vouch) : doubted(participant, vouch);
    }

    /**
     * Records a doubt, and holds the index against what it is now once this member acts on it: from then on it is found to be
     * the same, and must be known not to be. Those who find the same meanwhile wait for that.
     */
    private CompletableFuture<Vouch> doubted(Participant participant, Vouch vouch) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> underWay = doubting.putIfAbsent(participant.name(), mine);
        if (underWay == null) {
            CompletableFuture<?> recorded = CompletableFuture.completedFuture(vouch)
                    .thenCompose(found -> agreed().doubt(participant.name(), found)); // what it throws ends it, too
            Branches.take(
                    vouch.kind() == Vouch.Kind.WENT_BACK
                            ? recorded.thenCompose(seen -> rebase(participant))
                            : recorded.<Void>thenApply(seen -> null),
                    (done, failed) -> {
                        doubting.remove(participant.name());
                        if (failed == null) {
                            mine.complete(null);
                        } else {
                            mine.completeExceptionally(failed);
                        }
                    });
        }
        return (underWay == null ? mine : underWay).thenApply(done -> vouch);
    }

    private CompletableFuture<Void> rebase(Participant participant) {
        return participant
                .index()
                .attributes(context.settings().timeout())
                .thenAccept(attributes -> witness(participant).rebase(attributes));
    }

    /**
     * Makes an index, as it is now, the one that is meant: an operator has said so.
     *
     * @param lineage that it is to bear
     */
    public CompletableFuture<Void> accept(Participant participant, String lineage) {
        return participant
                .index()
                .setAttribute(Lineage.NAME, lineage, context.settings().timeout())
                .thenCompose(done -> rebase(participant));
    }

    /**
     * Begins to write notes, and to look.
     *
     * @param current the route of the moment
     */
    public void begin(Supplier<Route> current) {
        boolean isFirst = route == null;
        route = current;
        if (isFirst) {
            again(Duration.ZERO);
        }
    }

    private void again(Duration wait) {
        if (!stopped) {
            context.time().after(wait, this::work);
        }
    }

    private void work() {
        Supplier<Route> current = route;
        if (stopped || current == null) {
            return;
        }
        CompletableFuture<Void> done = current.get() instanceof Route.Paired paired
                ? CompletableFuture.allOf(work(paired.leader()), work(paired.follower()))
                : CompletableFuture.completedFuture(null);
        Branches.take(done, (worked, failed) -> {
            if (failed != null) {
                LOG.warn(
                        "{}: what was found of an index is not recorded yet: {}",
                        context.collection(),
                        failed.toString());
            }
            again(context.settings().beat());
        });
    }

    private CompletableFuture<?> work(Participant participant) {
        if (witness(participant).hasNews()) {
            return beat(participant);
        }
        Long last = looked.get(participant.name());
        boolean isDue = last == null
                || context.time().nanos() - last >= context.settings().look().toNanos();
        return isDue ? vouch(participant) : CompletableFuture.completedFuture(null);
    }

    public void stop() {
        stopped = true;
    }
}
