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
 * entry is forgotten, and the loss of that write shows only by the notes. Guarded by this.
 */
public final class Tail {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final int limit;
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();

    /**
     * @param limit most keys
     */
    public Tail(int limit) {
        this.limit = limit;
    }

    /**
     * What is under a key. Each write has an entry of its own: two are the same only if nothing was written in between.
     */
    public static final class Entry {
        private final Key key;
        private final long version;

        private Entry(Key key, long version) {
            this.key = key;
            this.version = version;
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
     */
    public synchronized void holds(Key key, long version) {
        entries.remove(key);
        entries.put(key, new Entry(key, version));
        if (entries.size() > limit) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /**
     * A document has been updated. An update creates nothing: what it found under a key that was removed has come back, and
     * the entry stays, so that the next look sees it.
     */
    public synchronized void updated(Key key, long version) {
        Entry before = entries.get(key);
        if (before == null || before.version != Marks.ABSENT) {
            holds(key, version);
        }
    }

    /**
     * The index held this some time after the entry was taken; that counts unless there is a later one by now.
     *
     * @param before what {@link #entry} gave
     */
    public synchronized void heldSince(@Nullable Entry before, Key key, long version) {
        if (entries.get(key) == before) {
            holds(key, version);
        }
    }

    /** A write was sent, and it is not known whether the index has it. */
    public synchronized void losesSight(Key key) {
        holds(key, UNKNOWN);
    }

    public synchronized void clear() {
        entries.clear();
    }

    /** All entries, the oldest first. */
    public synchronized List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    /** What stands under a key now; null if nothing is known. */
    public synchronized @Nullable Entry entry(Key key) {
        return entries.get(key);
    }

    /** These have been read back since a note was written: they need no other witness. */
    public synchronized void covered(List<Entry> read) {
        for (Entry entry : read) {
            entries.remove(entry.key(), entry);
        }
    }

    public synchronized int size() {
        return entries.size();
    }

    /** The tails of the indexes of one migration, by their names. */
    public static final class Each {
        private final int limit;
        private final Map<String, Tail> tails = new java.util.concurrent.ConcurrentHashMap<>();

        public Each(int limit) {
            this.limit = limit;
        }

        public Tail of(String index) {
            Tail known = tails.get(index);
            return known != null ? known : tails.computeIfAbsent(index, name -> new Tail(limit));
        }
    }
}
