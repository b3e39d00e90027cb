package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.migration.claim.Claims;
import io.crossfade.proxy.migration.member.Marker;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Takes what migrations have kept beside the documents of an index away, page by page, and at the end what is noted on the
 * index itself, unless it serves: by that it is known at the next start. That the collection has moved away stays noted, for
 * those who have not heard of it. Not during a migration. It can be begun again at any
 * time, and the collection is served meanwhile.
 */
public final class Cleaning {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int MOST = 256;
    private static final String OURS = "crossfade.";

    private final Member member;
    private final Participant index;
    private final Route route;
    private final long upTo;
    private final double perSecond;
    private final Listener listener;
    private final Time time;

    /** Hears how far it has come; calls come one at a time. */
    public interface Listener {
        void reached(Cleaned done);

        /** True ends the run early; it can be begun again. */
        boolean isCancelled();
    }

    private Cleaning(Member member, Participant index, Route route, double perSecond, Listener listener) {
        this.member = member;
        this.index = index;
        this.route = route;
        this.upTo = member.state().highest();
        this.perSecond = perSecond;
        this.listener = listener;
        this.time = member.context().time();
    }

    /**
     * @param perSecond documents that are gone through in a second; 0: as fast as it goes
     */
    static CompletableFuture<Cleaned> run(Member member, String name, double perSecond, Listener listener) {
        if (!(perSecond >= 0)) {
            throw new CallException(
                    CallException.Kind.INVALID, "documents_per_second: " + perSecond + " (expected: >= 0)");
        }
        Route route = member.current().get();
        CollectionState state = member.state();
        if (!route.isSingle() || state.step() != null) {
            throw new CallException(
                    CallException.Kind.PRECONDITION,
                    "phase: " + state.phase() + " (expected: SINGLE, after complete or abort)");
        }
        if (!member.context().participants().names().contains(name)) {
            throw new CallException(
                    CallException.Kind.NOT_FOUND,
                    "index: " + name + " (expected: one of "
                            + member.context().participants().names().stream()
                                    .sorted()
                                    .toList()
                            + ")");
        }
        return member.context()
                .participants()
                .open(name)
                .thenCompose(index -> requireOwn(member, index)
                        .thenCompose(own -> new Cleaning(member, index, route, perSecond, listener).run()));
    }

    private static CompletableFuture<Void> requireOwn(Member member, Participant index) {
        return Marker.collectionOf(index)
                .thenAccept(found -> found.filter(
                                name -> !name.equals(member.context().collection()))
                        .ifPresent(name -> {
                            throw new CallException(
                                    CallException.Kind.PRECONDITION,
                                    "index: " + index.name() + " belongs to collection " + name + " (expected: "
                                            + member.context().collection() + ")");
                        }));
    }

    private CompletableFuture<Cleaned> run() {
        return from("", Cleaned.NOTHING)
                .thenCompose(done -> done.left() > 0 || isServing()
                        ? CompletableFuture.completedFuture(done)
                        : index.index()
                                .attributes(TIMEOUT)
                                .thenCompose(notes -> forget(notes.keySet().stream()
                                        .filter(name -> name.startsWith(OURS) && !Claims.isKept(name))
                                        .sorted()
                                        .toList()))
                                .thenApply(forgotten -> done));
    }

    private boolean isServing() {
        return index.name().equals(route.leader().name());
    }

    private CompletableFuture<Void> forget(List<String> notes) {
        return notes.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : index.index()
                        .setAttribute(notes.get(0), "", TIMEOUT)
                        .thenCompose(done -> forget(notes.subList(1, notes.size())));
    }

    private CompletableFuture<Cleaned> from(String cursor, Cleaned before) {
        if (listener.isCancelled()) {
            return CompletableFuture.failedFuture(new CancellationException("cancelled"));
        }
        if (member.current().get() != route || member.state().step() != null) {
            return CompletableFuture.failedFuture(
                    new CallException(CallException.Kind.ABORTED, "a migration begins: clean again when it has ended"));
        }
        listener.reached(before);
        long began = time.nanos();
        int batch = Math.min(MOST, index.index().capabilities().maxBatch());
        ScanQuery query = new ScanQuery(cursor, null, null, Projection.STAMP, batch);
        return index.index()
                .scan(query, TIMEOUT)
                .thenCompose(page -> clean(page.documents()).thenCompose(cleaned -> {
                    Cleaned done = before.plus(cleaned);
                    return page.isLast()
                            ? CompletableFuture.completedFuture(done)
                            : rest(page.documents().size(), began).thenCompose(rested -> from(page.cursor(), done));
                }));
    }

    /** What is left of the time that so many documents are to take. */
    private CompletableFuture<Void> rest(int documents, long beganNanos) {
        double seconds = perSecond > 0 ? documents / perSecond : 0;
        long left = (long) (seconds * TimeUnit.SECONDS.toNanos(1)) - (time.nanos() - beganNanos);
        return time.rest(Duration.ofNanos(Math.max(0, left)));
    }

    /** What reads as no stamp at all may lie there as one that says nothing. */
    private CompletableFuture<Cleaned> clean(List<StoredDocument> documents) {
        List<IndexWrite> writes = documents.stream()
                .filter(document -> document.version() <= upTo)
                .<IndexWrite>map(document -> new IndexWrite.Unstamp(document.key(), upTo))
                .toList();
        if (writes.isEmpty()) {
            return CompletableFuture.completedFuture(new Cleaned(documents.size(), 0, 0));
        }
        return index.index().write(writes, TIMEOUT).thenApply(outcomes -> {
            outcomes.forEach(this::requireOfUse);
            long cleaned = outcomes.stream().filter(Outcome.APPLIED::equals).count();
            long clean = outcomes.stream().filter(Outcome.NOT_FOUND::equals).count();
            return new Cleaned(documents.size(), cleaned, outcomes.size() - cleaned - clean);
        });
    }

    private void requireOfUse(Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected) {
            throw new CallException(
                    CallException.Kind.PRECONDITION, "index: " + index.name() + ": " + rejected.reason());
        }
    }
}
