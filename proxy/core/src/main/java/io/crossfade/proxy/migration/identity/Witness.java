package io.crossfade.proxy.migration.identity;

import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.VersionClock;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Sent;
import io.crossfade.proxy.write.journal.Tail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Knows one index again: by its lineage, by the last note of this member, and by the documents that were written last.
 * The engine's word is never taken for it; what counts is read back. Numbers are guarded by this, and no call is made
 * under it.
 *
 * <p>A note covers only those writes that were read back after it had been written, entry by entry (R35): one that is
 * sent after a loss that nobody has seen yet would hide it otherwise.
 */
final class Witness {
    private static final int MOST_READ = 256;
    private static final int SPREAD = 64;

    /** Longer than notes are late; an index that takes writes takes one each beat. */
    private static final Duration UNNOTED = Duration.ofMinutes(1);

    private final String index;
    private final Tail tail;
    private final Identities.Context context;
    private long sent;
    private long confirmed;
    private long notBeforeNanos;
    private long forgiven;
    private boolean isMine;

    /**
     * @param known how far an earlier process has come; null if none has
     * @param settledNanos when nothing of an earlier process can take effect any more
     */
    Witness(String index, Tail tail, Identities.Context context, @Nullable Sent known, long settledNanos) {
        this.index = index;
        this.tail = tail;
        this.context = context;
        this.sent = known == null ? 0 : known.sent();
        this.confirmed = known == null ? 0 : known.confirmed();
        this.notBeforeNanos = settledNanos;
    }

    /**
     * Looks whether it is still the same.
     *
     * @param whole read all of the tail; otherwise some of it, if it is long
     */
    CompletableFuture<Vouch> vouch(Participant participant, CollectionState state, boolean whole) {
        Known before = known();
        List<Tail.Entry> entries =
                chosen(tail.entries(), whole); // as old: a note may cover them meanwhile, and not be asked for
        return attributes(participant.index())
                .thenApply(attributes -> judge(attributes, state, before))
                .thenCompose(vouch -> vouch.isSame()
                        ? reread(participant.index(), entries, state, new ArrayList<>())
                        : CompletableFuture.completedFuture(vouch))
                .exceptionally(failed -> new Vouch(Vouch.Kind.UNREACHABLE, 0, Cause.message(failed)));
    }

    /** What is noted on an index; a driver that throws has not answered. */
    private CompletableFuture<Map<String, String>> attributes(VectorIndex from) {
        return CompletableFuture.completedFuture(context.settings().timeout()).thenCompose(from::attributes);
    }

    /**
     * What the index had answered for when a look began: a note that is written meanwhile need not be seen by it.
     *
     * @param isMine the last note was of this process
     */
    private record Known(long confirmed, boolean isMine) {}

    private synchronized Known known() {
        return new Known(confirmed, isMine);
    }

    private Vouch judge(Map<String, String> attributes, CollectionState state, Known before) {
        return Lineage.difference(index, state.lineages().get(index), attributes)
                .map(difference -> new Vouch(Vouch.Kind.REPLACED, 0, difference))
                .orElseGet(() -> judge(Note.of(context.member(), attributes, index), state, before));
    }

    private synchronized Vouch judge(Optional<Note> found, CollectionState state, Known before) {
        long started = state.startedVersion();
        Note note = found.filter(any -> any.started() >= started).orElse(null);
        if (note == null || (note.started() == started && note.number() < before.confirmed())) {
            return before.confirmed() == 0
                    ? Vouch.ALIKE
                    : new Vouch(
                            Vouch.Kind.WENT_BACK,
                            note == null ? 0 : note.covers(),
                            index + " bears " + (note == null ? "no note" : "note " + note.number()) + " (expected: "
                                    + before.confirmed() + ")");
        }
        if (before.isMine() && !note.process().equals(context.process())) {
            return new Vouch(Vouch.Kind.TWIN, 0, index + " bears a note of another process of " + context.member());
        }
        if (note.number() <= forgiven) {
            return Vouch.ALIKE;
        }
        if (note.started() > started || note.number() > sent) {
            return stateIsOld(
                    note,
                    index + " bears note " + note.number() + " of " + context.member() + " (expected: at most " + sent
                            + ", the last that its state directory knows)");
        }
        if (note.journal() > context.journal().written()) {
            return stateIsOld(
                    note,
                    "the journal has " + context.journal().written() + " records (expected: at least " + note.journal()
                            + ", as the note on " + index + " says)");
        }
        return Vouch.ALIKE;
    }

    /** The versions that were given after the note are known to nobody either, and the clock may have been set back. */
    private Vouch stateIsOld(Note note, String why) {
        context.versions().observe(VersionClock.later(note.given(), UNNOTED));
        return new Vouch(Vouch.Kind.STATE_OLD, 0, why);
    }

    /** All entries, or some from the whole length of them: the latest alone would hide a loss that writes came after. */
    private static List<Tail.Entry> chosen(List<Tail.Entry> entries, boolean whole) {
        if (whole || entries.size() <= MOST_READ) {
            return entries;
        }
        List<Tail.Entry> spread = new ArrayList<>(SPREAD);
        for (int i = 0; i < SPREAD; i++) {
            spread.add(entries.get((int) ((long) i * entries.size() / SPREAD)));
        }
        return spread;
    }

    /**
     * Reads entries back, batch by batch. One of a key that is being written says nothing: it stays, and is read another time.
     *
     * @param read is given those that were found, and those that say nothing anyway
     */
    private CompletableFuture<Vouch> reread(
            VectorIndex from, List<Tail.Entry> entries, CollectionState state, List<Tail.Entry> read) {
        if (entries.isEmpty()) {
            return CompletableFuture.completedFuture(Vouch.ALIKE);
        }
        int length = Math.min(Math.min(MOST_READ, from.capabilities().maxBatch()), entries.size());
        Map<Tail.Entry, Long> resting = new LinkedHashMap<>();
        for (Tail.Entry entry : entries.subList(0, length)) {
            Long generation = generation(entry.key(), state);
            if (!entry.isKnown()) {
                read.add(entry);
            } else if (generation != null && isLast(entry)) {
                resting.put(entry, generation);
            }
        }
        List<Key> keys = resting.keySet().stream().map(Tail.Entry::key).toList();
        return from.fetch(keys, Projection.STAMP, context.settings().timeout()).thenCompose(found -> {
            for (Map.Entry<Tail.Entry, Long> each : resting.entrySet()) {
                Tail.Entry entry = each.getKey();
                boolean wasAtRest = isLast(entry) && each.getValue().equals(generation(entry.key(), state));
                if (wasAtRest && entry.isGone(version(found, entry.key()))) {
                    return CompletableFuture.completedFuture(wentBack(entry, found));
                } else if (wasAtRest) {
                    read.add(entry);
                }
            }
            return reread(from, entries.subList(length, entries.size()), state, read);
        });
    }

    /** Whether nothing was written under its key since; it may be covered by now. */
    private boolean isLast(Tail.Entry entry) {
        return tail.last(entry.key()).entry() == entry;
    }

    private static long version(Map<Key, StoredDocument> found, Key key) {
        StoredDocument document = found.get(key);
        return document == null ? Marks.ABSENT : document.version();
    }

    /** The generation of a key that nothing changes on this index now; null while something may. */
    private @Nullable Long generation(Key key, CollectionState state) {
        return index.equals(state.serving())
                ? context.marks().restingGeneration(key)
                : context.marks().quietGeneration(key);
    }

    private Vouch wentBack(Tail.Entry entry, Map<Key, StoredDocument> found) {
        long version = version(found, entry.key());
        return new Vouch(
                Vouch.Kind.WENT_BACK,
                0,
                index + " has " + (version == Marks.ABSENT ? "nothing" : "version " + version) + " under " + entry.key()
                        + " (expected: " + entry + ", which it has applied)");
    }

    /** Looks, and writes the next note if it is the same; then reads back what the note is to cover. */
    CompletableFuture<Vouch> beat(Participant participant, CollectionState state) {
        List<Tail.Entry> before = tail.entries();
        Known known = known();
        return attributes(participant.index())
                .thenCompose(attributes -> {
                    Vouch vouch = judge(attributes, state, known);
                    return vouch.isSame() && mayWrite()
                            ? write(participant, state, before)
                            : CompletableFuture.completedFuture(vouch);
                })
                .exceptionally(failed -> new Vouch(Vouch.Kind.UNREACHABLE, 0, Cause.message(failed)));
    }

    /** Whether no note that was not answered for can land behind the next one. */
    private synchronized boolean mayWrite() {
        return context.time().nanos() - notBeforeNanos >= 0;
    }

    private CompletableFuture<Vouch> write(Participant participant, CollectionState state, List<Tail.Entry> before) {
        long beganNanos = context.time().nanos();
        Sent next = next();
        long number = next.sent();
        long covers =
                Math.min(context.marks().lowestVersion(), context.versions().last());
        return context.journal()
                .note(next)
                .thenCompose(recorded -> {
                    Note note = new Note(
                            state.startedVersion(),
                            state.epoch(),
                            number,
                            context.process(),
                            covers,
                            context.journal().written(),
                            context.versions().last());
                    return participant
                            .index()
                            .setAttribute(
                                    Note.name(context.member()),
                                    note.text(),
                                    context.settings().timeout());
                })
                .handle((done, failed) -> failed)
                .thenCompose(failed -> {
                    answered(number, failed == null, participant);
                    List<Tail.Entry> read = new ArrayList<>();
                    return failed == null
                            ? reread(participant.index(), before, state, read).thenApply(vouch -> {
                                if (vouch.isSame()) {
                                    tail.covered(read, beganNanos);
                                }
                                return vouch;
                            })
                            : CompletableFuture.failedFuture(failed);
                });
    }

    private synchronized Sent next() {
        sent++;
        return new Sent(index, sent, confirmed);
    }

    private synchronized void answered(long number, boolean isWritten, Participant participant) {
        if (isWritten) {
            confirmed = number;
            isMine = true;
            var lazily = context.journal().note(new Sent(index, number, number));
        } else {
            notBeforeNanos = context.time().nanos()
                    + participant.index().capabilities().unknownSettle().toNanos();
        }
    }

    /** Whether there is something for a note to say. */
    boolean hasNews() {
        return tail.size() > 0 || isWithoutNote();
    }

    private synchronized boolean isWithoutNote() {
        return confirmed < sent || !isMine;
    }

    /**
     * What was found is recorded: from now on the index is held against what it is now.
     *
     * @param attributes of the index
     */
    synchronized void rebase(Map<String, String> attributes) {
        Note found = Note.of(context.member(), attributes, index).orElse(null);
        tail.clear();
        confirmed = 0;
        isMine = false;
        if (found != null) {
            sent = Math.max(sent, found.number());
            forgiven = found.number();
        }
    }
}
