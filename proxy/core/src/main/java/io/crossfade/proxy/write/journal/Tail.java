package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one index was last known to hold, for the keys that were written last: the writes that it applied and that no
 * note on it covers yet. It is read back to tell whether the index still has them. Lossy: beyond its limit the oldest
 * entry is forgotten, and the loss of that write shows only by the notes. A write tells nothing that was sent before all
 * earlier ones of its key, and all of an earlier process, had landed: they may have been written over it since, however
 * late its answer came. Nor does one that is heard of after another one that was sent later. Guarded by this.
 */
public final class Tail {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final int limit;
    private long settledNanos;
    private long forgottenSentNanos;
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();
    private final LinkedHashMap<Key, Entry> covered = new LinkedHashMap<>();
    private long puts;
    private long forgotten;

    private Tail(int limit, long settledNanos) {
        this.limit = limit;
        this.settledNanos = settledNanos;
        this.forgottenSentNanos = settledNanos;
    }

    /**
     * What is under a key. Each write has an entry of its own: two are the same only if nothing was written in between.
     */
    public static final class Entry {
        private final Key key;
        private final long version;
        private final long sentNanos;
        private final long settledNanos;
        private final long number;

        private Entry(Key key, long version, long sentNanos, long settledNanos, long number) {
            this.key = key;
            this.version = version;
            this.sentNanos = sentNanos;
            this.settledNanos = settledNanos;
            this.number = number;
        }

        public Key key() {
            return key;
        }

        public boolean isKnown() {
            return version != UNKNOWN;
        }

        /**
         * Whether the index lacks it: it has nothing, or something older; or it still has what was removed.
         *
         * @param found the version that is there, or {@link Marks#ABSENT}
         */
        public boolean isGone(long found) {
            return version == Marks.ABSENT ? found != Marks.ABSENT : found < version;
        }

        @Override
        public String toString() {
            return key + (version == Marks.ABSENT ? " removed" : "@" + version);
        }
    }

    /**
     * The index holds this.
     *
     * @param version {@link Marks#ABSENT} after a removal
     * @param sentNanos when it was sent, at the earliest
     */
    public synchronized void holds(Key key, long version, long sentNanos) {
        long last = lastSentNanos(key);
        put(key, sentNanos - last >= 0 ? version : UNKNOWN, later(last, sentNanos), settledNanos(key));
    }

    /** A write that was sent before then tells nothing: others that were sent later have been heard of, or may land yet. */
    private long lastSentNanos(Key key) {
        Entry before = lastEntry(key);
        return before == null ? forgottenSentNanos : before.sentNanos;
    }

    /** When all that was sent for a key, and may not be answered for, has landed. */
    private long settledNanos(Key key) {
        Entry before = entries.get(key);
        return before == null ? settledNanos : later(before.settledNanos, settledNanos);
    }

    private static long later(long one, long other) {
        return one - other >= 0 ? one : other;
    }

    private void put(Key key, long version, long sent, long settled) {
        covered.remove(key);
        putLast(entries, new Entry(key, version, sent, settled, ++puts));
    }

    private void putLast(LinkedHashMap<Key, Entry> into, Entry entry) {
        into.remove(entry.key());
        into.put(entry.key(), entry);
        if (into.size() > limit) {
            Entry oldest = into.values().iterator().next();
            into.remove(oldest.key());
            forget(oldest);
        }
    }

    private void forget(Entry entry) {
        settledNanos = later(settledNanos, entry.settledNanos);
        forgottenSentNanos = later(forgottenSentNanos, entry.sentNanos);
        forgotten = Math.max(forgotten, entry.number);
    }

    /**
     * A document has been updated. An update creates nothing: what it found under a key that was removed has come back, and
     * the entry stays, so that the next look sees it.
     */
    public synchronized void updated(Key key, long version, long sentNanos) {
        Entry before = entries.get(key);
        if (before == null || before.version != Marks.ABSENT) {
            holds(key, version, sentNanos);
        }
    }

    /**
     * The index held this some time after this was taken; that counts unless something was written by now.
     *
     * @param before what {@link #last} gave
     * @param takenNanos when it was taken, at the latest
     */
    public synchronized void heldSince(Last before, Key key, long version, long takenNanos) {
        Entry now = lastEntry(key);
        boolean mayBeForgotten = now == null && forgotten > before.puts();
        if (now == before.entry() && !mayBeForgotten) {
            long settled = settledNanos(key);
            long sent = later(lastSentNanos(key), takenNanos);
            put(key, takenNanos - settled >= 0 ? version : UNKNOWN, sent, settled);
        }
    }

    /**
     * What was known to be written last under a key; another one as soon as something is written.
     *
     * @param entry null if nothing is known
     * @param puts how many entries there had been by then: a later one may be forgotten again
     */
    public record Last(@Nullable Entry entry, long puts) {}

    public synchronized Last last(Key key) {
        return new Last(lastEntry(key), puts);
    }

    private @Nullable Entry lastEntry(Key key) {
        return entries.getOrDefault(key, covered.get(key));
    }

    /** A write was sent then, and has landed; what stands of it is not known. */
    public synchronized void losesSight(Key key, long sentNanos) {
        put(key, UNKNOWN, later(lastSentNanos(key), sentNanos), settledNanos(key));
    }

    /** A write was sent that may land until then. */
    public synchronized void mayLandUntil(Key key, long landedNanos) {
        long settled = later(settledNanos(key), landedNanos);
        put(key, UNKNOWN, later(lastSentNanos(key), settled), settled);
    }

    public synchronized void clear() {
        entries.values().forEach(this::forget);
        covered.values().forEach(this::forget);
        entries.clear();
        covered.clear();
        forgotten = puts;
    }

    /** All entries, the oldest first. */
    public synchronized List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    /** What stands under a key now, and no note covers; null if nothing is known. */
    public synchronized @Nullable Entry entry(Key key) {
        return entries.get(key);
    }

    /**
     * These have been read back since a note was written: they need no other witness. What may land yet is kept in mind
     * until then.
     *
     * @param nowNanos before they were read
     */
    public synchronized void covered(List<Entry> read, long nowNanos) {
        for (Entry entry : read) {
            if (nowNanos - entry.settledNanos >= 0 && entries.remove(entry.key(), entry)) {
                putLast(covered, entry);
            }
        }
    }

    public synchronized int size() {
        return entries.size();
    }

    /** The tails of the indexes of one migration, by their names. */
    public static final class Each {
        private final int limit;
        private final long settledNanos;
        private final Map<String, Tail> tails = new java.util.concurrent.ConcurrentHashMap<>();

        /**
         * @param limit most keys of each
         * @param settledNanos when nothing of an earlier process can take effect any more
         */
        public Each(int limit, long settledNanos) {
            this.limit = limit;
            this.settledNanos = settledNanos;
        }

        public Tail of(String index) {
            Tail known = tails.get(index);
            return known != null ? known : tails.computeIfAbsent(index, name -> new Tail(limit, settledNanos));
        }
    }
}
