package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open marks of one collection on this sidecar. Every follower write opens its own mark and nobody reuses another's
 * (R1); a mark is closed by its sequence, at once in memory and lazily on disk (R2). Each key's marks are read and
 * changed in one critical section of the map; no call leaves it.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>open, and what is in it</td><td>writes, reconciles, replay</td><td>the key's bin of the map</td></tr>
 * <tr><td>sequence, bytes, generations, told</td><td>any thread</td><td>atomic</td></tr>
 * <tr><td>oldest</td><td>whoever asks for the oldest mark; a remembered answer</td><td>volatile</td></tr>
 * </table>
 */
public final class Marks {
    private static final Logger LOG = LoggerFactory.getLogger(Marks.class);

    /** Stands for the version of a document that is not there. */
    public static final long ABSENT = -1;

    /** The most open marks of a key that are all kept; above, it sheds those that say no more than a later one. */
    private static final int SHED_ABOVE = 8;

    private static final int GENERATIONS = 1 << 12;

    /** At least, between two lines of the log that say why a key stays pending. */
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

    private final Journal journal;
    private final Time time;
    private final ConcurrentHashMap<Key, List<Mark>> open = new ConcurrentHashMap<>();
    private final AtomicLong sequence;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong told;
    private final AtomicLongArray generations = new AtomicLongArray(GENERATIONS);
    private volatile @Nullable Mark oldest;

    public Marks(Journal journal, Time time, long highestSequence) {
        this.journal = journal;
        this.time = time;
        this.sequence = new AtomicLong(highestSequence);
        this.told = new AtomicLong(time.nanos() - BETWEEN_LINES.toNanos());
    }

    /**
     * Takes marks over from a stopped process, before anything else is asked. They have ended; their requests can take
     * effect until settled (R7).
     */
    public void restore(Collection<MarkRecord> records, Duration unknownSettle) {
        long settled = time.nanos() + unknownSettle.toNanos();
        for (MarkRecord record : records) {
            Mark mark = Mark.restored(record, time.nanos(), settled);
            bytes.addAndGet(record.bytes());
            open.computeIfAbsent(record.key(), key -> new ArrayList<>(1)).add(mark);
        }
    }

    public long nextSequence() {
        return sequence.incrementAndGet();
    }

    /**
     * Opens marks in memory, at once; {@link #record} must follow before any request is sent. R3 is decided here: a
     * write is forwarded only if its mark is the only open one of its key.
     */
    public List<Mark> open(List<Opening> openings) {
        List<Mark> marks = new ArrayList<>(openings.size());
        long now = time.nanos();
        for (Opening opening : openings) {
            marks.add(open(opening, now));
        }
        return marks;
    }

    private Mark open(Opening opening, long now) {
        Mark[] opened = new Mark[1];
        Key key = opening.record().key();
        open.compute(key, (same, marks) -> {
            List<Mark> next = marks == null ? new ArrayList<>(1) : marks;
            boolean forward = opening.forward() == Forward.ALWAYS
                    || (opening.forward() == Forward.IF_ONLY_MARK && next.isEmpty());
            opened[0] = new Mark(opening.record(), now, forward, next.isEmpty(), opening.cutOff());
            bytes.addAndGet(opening.record().bytes());
            next.add(opened[0]);
            return next;
        });
        generations.incrementAndGet(stripe(key));
        return opened[0];
    }

    /** Whether a write wants to go to the follower as well. */
    public enum Forward {
        NEVER,
        IF_ONLY_MARK,
        ALWAYS
    }

    /**
     * A mark to be opened.
     *
     * @param cutOff ends the call that it is for, which awaits an answer of the leader
     */
    public record Opening(MarkRecord record, Forward forward, Runnable cutOff) {}

    /** Completes when the marks survive the end of this process. */
    public CompletableFuture<Void> record(List<Mark> marks) {
        List<MarkRecord> records = new ArrayList<>(marks.size());
        marks.forEach(mark -> records.add(mark.record()));
        return journal.open(records).thenRun(() -> marks.forEach(Mark::recorded));
    }

    /** Whether all of these keys that are pending would still be so after the end of this process. */
    public boolean areKept(List<Key> keys) {
        return keys.stream().allMatch(this::isKept);
    }

    /**
     * Whether a recorded mark keeps the key pending, if it is: a call whose mark is not recorded yet may be refused,
     * and then leaves none.
     */
    private boolean isKept(Key key) {
        boolean[] kept = {true};
        open.computeIfPresent(key, (same, marks) -> {
            kept[0] = marks.stream().anyMatch(Mark::isRecorded);
            return marks;
        });
        return kept[0];
    }

    public boolean isPending(Key key) {
        return open.containsKey(key);
    }

    /** Closes a mark of one's own. */
    public void close(Mark mark) {
        drop(mark);
        if (mark.close()) {
            journal.close(mark.sequence());
        }
    }

    /** Closes a mark whose end on disk is somebody else's business. */
    public void forget(Mark mark) {
        drop(mark);
        mark.close();
    }

    private void drop(Mark mark) {
        open.computeIfPresent(mark.key(), (key, marks) -> {
            if (marks.remove(mark)) {
                bytes.addAndGet(-mark.record().bytes());
            }
            return marks.isEmpty() ? null : marks;
        });
    }

    /**
     * Notes that the mark's requests have been answered, or never will be; it stays open.
     *
     * @param settle how long they may still take effect
     */
    public void end(Mark mark, Duration settle) {
        List<Mark> shed = new ArrayList<>();
        long now = time.nanos();
        open.computeIfPresent(mark.key(), (key, marks) -> {
            mark.end(now + settle.toNanos());
            if (marks.size() > SHED_ABOVE && settle.isZero()) {
                shed.addAll(saidAgainBy(mark, marks, now));
                shed.forEach(mark::takeOver);
            }
            return marks;
        });
        shed.forEach(this::close);
    }

    /** Notes that the call of this mark's write has failed, was told that this write may have, or was told nothing yet. */
    public void notAcked(Mark mark) {
        open.computeIfPresent(mark.key(), (key, marks) -> {
            mark.notAcked();
            return marks;
        });
    }

    /** Notes that the call of this mark's write is about to be told that it stands, after {@link #notAcked}. */
    public void acked(Mark mark) {
        open.computeIfPresent(mark.key(), (key, marks) -> {
            mark.acked();
            return marks;
        });
    }

    /**
     * Whether the index that follows holds every acked write, and can lose none of them any more, although marks may be
     * open: those of writes that were not acked. True for one sidecar only.
     *
     * @param leavesBehind it need not hold every acked write
     */
    public boolean letReadsBack(boolean leavesBehind) {
        boolean[] all = {true};
        long now = time.nanos();
        open.forEach((key, marks) -> open.computeIfPresent(key, (same, current) -> {
            all[0] &= current.stream().allMatch(mark -> mark.letsReadsBack(now, leavesBehind));
            return current;
        }));
        return all[0];
    }

    /**
     * The age of the oldest ended mark that keeps reads from going back, in nanoseconds; 0 if none does. Walks all
     * marks.
     */
    public long oldestAckedNanos() {
        long now = time.nanos();
        long[] oldest = {0};
        open.forEach((key, marks) -> open.computeIfPresent(key, (same, current) -> {
            current.stream()
                    .filter(mark -> !mark.isRunning() && mark.standsForAnAck())
                    .forEach(mark -> oldest[0] = Math.max(oldest[0], now - mark.openedNanos()));
            return current;
        }));
        return oldest[0];
    }

    /**
     * The older marks that a newer one makes superfluous: ended and settled, they add nothing beside a later one that
     * is so too, unless a client's vectors hang on them. What a reconcile that failed has left stays: it says since when
     * the key is pending, and why.
     */
    private static List<Mark> saidAgainBy(Mark newer, List<Mark> marks, long now) {
        if (marks.stream().anyMatch(mark -> !mark.record().kept().isEmpty())) {
            return List.of();
        }
        return marks.stream()
                .filter(older -> !older.isRunning()
                        && !older.isOfAFailure()
                        && older.settledNanos() <= now
                        && older.record().version() < newer.record().version())
                .toList();
    }

    /**
     * Begins a reconcile of a key: opens its own mark and captures the ended ones (R5), unless a request for the key is
     * running or could still take effect (R4, R6).
     */
    public Optional<Capture> capture(Key key, long epoch) {
        Capture[] captured = new Capture[1];
        long now = time.nanos();
        open.compute(key, (same, marks) -> {
            if (marks != null && marks.stream().anyMatch(mark -> isInTheWay(mark, now))) {
                return marks;
            }
            List<Mark> next = marks == null ? new ArrayList<>(1) : marks;
            List<Mark> ended = next.stream().filter(mark -> !mark.isRunning()).toList();
            Mark own = Mark.ofReconcile(
                    new MarkRecord(nextSequence(), key, 0, epoch, MarkRecord.Kind.RECONCILE, false, "", List.of()),
                    now);
            next.add(own);
            bytes.addAndGet(own.record().bytes());
            captured[0] = new Capture(own, ended);
            return next;
        });
        if (captured[0] != null) {
            generations.incrementAndGet(stripe(key));
        }
        return Optional.ofNullable(captured[0]);
    }

    /** Notes that a reconcile is about to write to the follower. */
    public void writes(Capture capture) {
        open.computeIfPresent(capture.key(), (key, marks) -> {
            capture.own().writes();
            return marks;
        });
    }

    /**
     * Until when what the open marks stand for may take effect on the follower; {@code Long.MIN_VALUE} if nothing can.
     *
     * @param longest from now, of what is still awaited
     */
    public long landsOnFollowerUntil(Duration longest) {
        long awaited = time.nanos() + longest.toNanos();
        long[] latest = {Long.MIN_VALUE};
        open.forEach((key, marks) -> open.computeIfPresent(key, (same, current) -> {
            current.forEach(mark -> latest[0] = Math.max(latest[0], Math.min(mark.landsOnFollowerUntil(), awaited)));
            return current;
        }));
        return latest[0];
    }

    /** Cuts off the writes of this epoch that wait for an index. */
    public void cutOff(long epoch) {
        List<Mark> ofEpoch = new ArrayList<>();
        open.forEach((key, marks) -> open.computeIfPresent(key, (same, current) -> {
            current.stream().filter(mark -> mark.record().epoch() == epoch).forEach(ofEpoch::add);
            return current;
        }));
        ofEpoch.forEach(Mark::cutOff);
    }

    private static boolean isInTheWay(Mark mark, long now) {
        return mark.blocksReconcile() || (!mark.isRunning() && mark.settledNanos() > now);
    }

    /**
     * @param own the reconcile's mark, running
     * @param ended marks that a successful reconcile closes
     */
    public record Capture(Mark own, List<Mark> ended) {
        public Key key() {
            return own.key();
        }
    }

    /** Whether the reconcile has captured all that is open for its key. */
    public boolean isAllOf(Capture capture) {
        boolean[] all = {true};
        open.computeIfPresent(capture.key(), (key, marks) -> {
            all[0] = marks.stream()
                    .allMatch(mark -> mark == capture.own() || capture.ended().contains(mark));
            return marks;
        });
        return all[0];
    }

    /** Closes all that a reconcile captured: it has succeeded. */
    public void closeAll(Capture capture) {
        close(capture.own());
        capture.ended().forEach(this::close);
    }

    /**
     * The leader has refused the write, or had nothing to update, while the mark's requests are still awaited: what it carries for the
     * follower belongs to no document.
     */
    public void refused(Mark mark) {
        MarkRecord before = mark.record();
        if (before.kept().isEmpty() && !before.replacesContent()) {
            return;
        }
        mark.refused();
        bytes.addAndGet(mark.record().bytes() - before.bytes());
        if (mark.isRecorded()) {
            journal.replace(mark.record());
        }
    }

    /**
     * Ends a reconcile that failed; the key stays pending. Its own mark stays only if it is needed: to keep the key
     * pending, or because its write may still take effect. Then older marks of reconciles, which say no more, are
     * closed; the key is as long pending as it was.
     *
     * @param why it failed, for whoever asks what the key waits for
     */
    public void giveUp(Capture capture, Duration settle, String why) {
        tellWhy(capture, why);
        leave(capture, settle);
    }

    /** As the other, of a reconcile in which nothing failed: it has to be done again. */
    public void giveUp(Capture capture, Duration settle) {
        open.computeIfPresent(capture.key(), (key, marks) -> {
            marks.forEach(Mark::failedNoMore);
            return marks;
        });
        leave(capture, settle);
    }

    private void leave(Capture capture, Duration settle) {
        if (!capture.ended().isEmpty() && settle.isZero()) {
            close(capture.own());
            return;
        }
        end(capture.own(), settle);
        inherit(capture);
        capture.ended().stream()
                .filter(mark -> mark.record().kind() == MarkRecord.Kind.RECONCILE)
                .forEach(this::close);
    }

    private void inherit(Capture capture) {
        open.computeIfPresent(capture.key(), (key, marks) -> {
            capture.ended().forEach(capture.own()::isAsOldAs);
            return marks;
        });
    }

    /**
     * Notes why a reconcile failed, and logs it unless the one before failed for the same reason. When an index is down all its
     * keys have news at once: one of them is logged, all of them are listed.
     */
    private void tellWhy(Capture capture, String why) {
        boolean[] isNews = {false};
        open.computeIfPresent(capture.key(), (key, marks) -> {
            isNews[0] = marks.stream().noneMatch(mark -> why.equals(mark.failure()));
            marks.forEach(mark -> mark.failedBy(why));
            return marks;
        });
        long now = time.nanos();
        long last = told.get();
        if (isNews[0] && now - last >= BETWEEN_LINES.toNanos() && told.compareAndSet(last, now)) {
            LOG.warn("{} stays pending: {}", capture.key(), why);
        }
    }

    /** The version of the newest write of a key that is still pending; {@link #ABSENT} if there is none. */
    public long newestWrite(Key key) {
        return newest(key, record -> true);
    }

    /** As {@link #newestWrite}, of those that say what the whole document is, or that it is removed. */
    public long newestWhole(Key key) {
        return newest(key, record -> record.kind() == MarkRecord.Kind.WRITE);
    }

    private long newest(Key key, Predicate<MarkRecord> which) {
        long[] newest = {ABSENT};
        open.computeIfPresent(key, (same, marks) -> {
            for (Mark mark : marks) {
                if (mark.record().isOfWrite() && which.test(mark.record())) {
                    newest[0] = Math.max(newest[0], mark.record().version());
                }
            }
            return marks;
        });
        return newest[0];
    }

    /** Keys whose reconcile could begin now, at most that many. */
    public List<Key> ready(int limit) {
        List<Key> keys = new ArrayList<>();
        long now = time.nanos();
        for (Key key : open.keySet()) {
            if (keys.size() >= limit) {
                break;
            }
            open.computeIfPresent(key, (same, marks) -> {
                if (marks.stream().noneMatch(mark -> isInTheWay(mark, now))
                        && marks.stream().anyMatch(mark -> !mark.isRunning())) {
                    keys.add(key);
                }
                return marks;
            });
        }
        return keys;
    }

    /**
     * The key's generation, for a comparison of both indexes (R25); null while it is pending. A mark is open before the
     * generation grows, and the generation has grown before any request is sent.
     */
    public @Nullable Long quietGeneration(Key key) {
        long generation = generations.get(stripe(key));
        return isPending(key) ? null : generation;
    }

    /**
     * As {@link #quietGeneration}, for the index that leads: reconciles do not write to it, and writes that have ended
     * and can no longer take effect leave it alone. Null while some may still change the document.
     */
    public @Nullable Long restingGeneration(Key key) {
        long generation = generations.get(stripe(key));
        return isResting(key, null) ? generation : null;
    }

    /** Whether no write of the key but this one can still take effect. */
    public boolean isLastWord(Mark mark) {
        return isResting(mark.key(), mark);
    }

    private boolean isResting(Key key, @Nullable Mark except) {
        boolean[] resting = {true};
        long now = time.nanos();
        open.computeIfPresent(key, (same, marks) -> {
            resting[0] = marks.stream()
                    .allMatch(mark -> mark == except
                            || mark.record().kind() == MarkRecord.Kind.RECONCILE
                            || (!mark.isRunning() && mark.settledNanos() <= now));
            return marks;
        });
        return resting[0];
    }

    private static int stripe(Key key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return hash >>> 20;
    }

    /**
     * For how long what was sent for a pending key may still land, which a reconcile of it waits for; empty unless all
     * that the key waits for is a reconcile.
     */
    public Optional<Duration> leftToReconcile(Key key) {
        Duration[] left = new Duration[1];
        long now = time.nanos();
        open.computeIfPresent(key, (same, marks) -> {
            boolean isWritten = marks.stream()
                    .anyMatch(mark -> mark.isRunning() && mark.record().isOfWrite());
            left[0] = isWritten ? null : Duration.ofNanos(Pending.of(marks, now).unsettledNanos());
            return marks;
        });
        return Optional.ofNullable(left[0]);
    }

    /** The records of all open marks, each as it stood at some moment of this call. */
    public List<MarkRecord> records() {
        List<MarkRecord> records = new ArrayList<>();
        open.keySet()
                .forEach(key -> open.computeIfPresent(key, (same, marks) -> {
                    marks.forEach(mark -> records.add(mark.record()));
                    return marks;
                }));
        return records;
    }

    public int pendingKeys() {
        return open.size();
    }

    /** The bytes that all open marks take, roughly, in memory and on disk. */
    public long bytes() {
        return bytes.get();
    }

    /**
     * The age of the oldest open mark, in nanoseconds; 0 if none is open. All keys are looked through only when the
     * mark that was the oldest is closed: what has been opened since is younger.
     */
    public long oldestNanos() {
        Mark known = oldest;
        if (known == null || known.isClosed()) {
            known = findOldest();
            oldest = known;
        }
        return known == null ? 0 : time.nanos() - known.openedNanos();
    }

    private @Nullable Mark findOldest() {
        Mark[] found = new Mark[1];
        for (Key key : open.keySet()) {
            open.computeIfPresent(key, (same, marks) -> {
                Mark first = oldestOf(marks);
                if (found[0] == null || first.openedNanos() - found[0].openedNanos() < 0) {
                    found[0] = first;
                }
                return marks;
            });
        }
        return found[0];
    }

    /** One that took the place of others may be older than those before it. */
    static Mark oldestOf(List<Mark> marks) {
        Mark oldest = marks.get(0);
        for (Mark mark : marks) {
            oldest = mark.openedNanos() - oldest.openedNanos() < 0 ? mark : oldest;
        }
        return oldest;
    }

    /** The lowest version among the open marks of writes; {@code Long.MAX_VALUE} if there is none. */
    public long lowestVersion() {
        long[] lowest = {Long.MAX_VALUE};
        open.forEach((key, marks) -> open.computeIfPresent(key, (same, current) -> {
            for (Mark mark : current) {
                if (mark.record().version() > 0) {
                    lowest[0] = Math.min(lowest[0], mark.record().version());
                }
            }
            return current;
        }));
        return lowest[0];
    }

    /** What a key is pending for; empty if it is not. */
    public Optional<Pending> pending(Key key) {
        Pending[] found = new Pending[1];
        long now = time.nanos();
        open.computeIfPresent(key, (same, marks) -> {
            found[0] = Pending.of(marks, now);
            return marks;
        });
        return Optional.ofNullable(found[0]);
    }

    /** Pending keys for a listing, at most that many. */
    public List<Pending> list(int limit) {
        List<Pending> result = new ArrayList<>();
        long now = time.nanos();
        for (Key key : open.keySet()) {
            if (result.size() >= limit) {
                break;
            }
            open.computeIfPresent(key, (same, marks) -> {
                result.add(Pending.of(marks, now));
                return marks;
            });
        }
        return result;
    }
}
