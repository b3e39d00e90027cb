package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The documents set aside on this sidecar. Durable through the journal; safe for use by many threads. */
public final class Parked {
    private final Journal journal;
    private final Marks marks;
    private final ConcurrentHashMap<Key, ParkedRecord> byKey = new ConcurrentHashMap<>();
    private volatile Consumer<ParkedRecord> onParked = record -> {};

    public Parked(Journal journal, Marks marks, Collection<ParkedRecord> restored) {
        this.journal = journal;
        this.marks = marks;
        restored.forEach(record -> byKey.put(record.key(), record));
    }

    /** Sets the listener that is called with each document that is set aside, once per version. */
    public void onParked(Consumer<ParkedRecord> listener) {
        onParked = listener;
    }

    /**
     * Sets a document aside; its marks are closed once that is durable. A waiver for the same version stands.
     *
     * @param index that cannot take it, from which any older copy has been removed
     */
    public CompletableFuture<Void> park(Marks.Capture capture, long version, String index, String reason) {
        boolean[] again = new boolean[1];
        ParkedRecord record = byKey.compute(capture.key(), (key, old) -> {
            again[0] = old != null && old.version() == version && old.index().equals(index);
            return new ParkedRecord(key, version, index, reason, again[0] && old.waived());
        });
        if (!again[0]) {
            onParked.accept(record);
        }
        List<Long> closing = new java.util.ArrayList<>();
        closing.add(capture.own().sequence());
        capture.ended().forEach(mark -> closing.add(mark.sequence()));
        return journal.park(record, closing).thenRun(() -> {
            marks.forget(capture.own());
            capture.ended().forEach(marks::forget);
        });
    }

    /** Takes a document from the parked: it is right on the follower after all, or pending again. */
    public void unpark(Key key) {
        if (byKey.remove(key) != null) {
            journal.unpark(key);
        }
    }

    /** Waives a parked document; false if it is not parked in exactly this version. */
    public CompletableFuture<Boolean> waive(Key key, long version) {
        ParkedRecord record =
                byKey.computeIfPresent(key, (same, old) -> old.version() == version ? old.asWaived() : old);
        if (record == null || record.version() != version) {
            return CompletableFuture.completedFuture(false);
        }
        return journal.park(record, List.of()).thenApply(done -> true);
    }

    public boolean isParked(Key key) {
        return byKey.containsKey(key);
    }

    /**
     * Whether an index lacks a document because it could not take it. Where that index leads by now, the other one has the
     * last copy: nothing removes it but a write of the document whole (R29).
     */
    public boolean isAbsentOn(String index, Key key) {
        ParkedRecord record = byKey.get(key);
        return record != null && record.index().equals(index);
    }

    public boolean isWaived(Key key, long version) {
        ParkedRecord record = byKey.get(key);
        return record != null && record.waived() && record.version() == version;
    }

    public int count() {
        return byKey.size();
    }

    public long unwaived() {
        return byKey.values().stream().filter(record -> !record.waived()).count();
    }

    public List<ParkedRecord> list(int limit) {
        return byKey.values().stream().limit(limit).toList();
    }
}
