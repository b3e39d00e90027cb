package io.crossfade.proxy.kit.control;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.Heard;
import io.crossfade.proxy.control.RecordCheck;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.control.Watchers;
import io.crossfade.proxy.time.Time;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A control store that forgets everything at the end of the process. The records are guarded by the lock of what holds
 * them.
 */
public final class MemoryControlStore implements ControlStore {
    private final Records records;
    private final Executor executor;
    private final Heard heard;
    private final boolean shared;
    private volatile boolean closed;

    /**
     * Makes a store without records.
     *
     * @param executor does the work, in any order
     * @param shared by several sidecars
     */
    public MemoryControlStore(Executor executor, Time time, boolean shared) {
        this(new Records(), executor, time, shared);
    }

    private MemoryControlStore(Records records, Executor executor, Time time, boolean shared) {
        this.records = records;
        this.executor = executor;
        this.heard = new Heard(time);
        this.shared = shared;
    }

    /** Makes another handle on the same records. */
    public MemoryControlStore beside(Time time) {
        return new MemoryControlStore(records, executor, time, shared);
    }

    /** The records, and who watches them. Nobody is told of a change under the lock. */
    private static final class Records {
        private final SortedMap<String, Versioned> byName = new TreeMap<>();
        private final Watchers watchers = new Watchers();
        private long changes;

        synchronized Optional<Versioned> read(String name) {
            return Optional.ofNullable(byName.get(name)).map(Records::copy);
        }

        synchronized SortedMap<String, Versioned> list(String prefix) {
            SortedMap<String, Versioned> found = new TreeMap<>();
            byName.tailMap(prefix).forEach((name, record) -> {
                if (name.startsWith(prefix)) {
                    found.put(name, copy(record));
                }
            });
            return found;
        }

        private static Versioned copy(Versioned record) {
            return new Versioned(record.value().clone(), record.revision());
        }

        synchronized Change write(String name, Revision expected, byte[] value) {
            if (!revision(name).equals(expected)) {
                return new Change.Conflict();
            }
            Revision next = new Revision(Long.toString(++changes));
            byName.put(name, new Versioned(value, next));
            return new Change.Done(next);
        }

        synchronized Change delete(String name, Revision expected) {
            if (!revision(name).equals(expected)) {
                return new Change.Conflict();
            }
            byName.remove(name);
            return new Change.Done(Revision.ABSENT);
        }

        private Revision revision(String name) {
            Versioned record = byName.get(name);
            return record == null ? Revision.ABSENT : record.revision();
        }
    }

    private <T> CompletableFuture<T> call(Supplier<T> work) {
        return heard.call(() -> CompletableFuture.supplyAsync(
                () -> {
                    if (closed) {
                        throw new ControlException("control store memory: closed (expected: open)");
                    }
                    return work.get();
                },
                executor));
    }

    private CompletableFuture<Change> change(String name, Supplier<Change> work) {
        return call(() -> {
            Change change = work.get();
            if (change instanceof Change.Done) {
                records.watchers.tell(name);
            }
            return change;
        });
    }

    @Override
    public CompletableFuture<Optional<Versioned>> read(String name) {
        RecordCheck.name(name);
        return call(() -> records.read(name));
    }

    @Override
    public CompletableFuture<Change> compareAndSet(String name, Revision expected, byte[] value) {
        RecordCheck.value(name, value);
        byte[] kept = value.clone();
        return change(name, () -> records.write(name, expected, kept));
    }

    @Override
    public CompletableFuture<Change> delete(String name, Revision expected) {
        RecordCheck.deletion(name, expected);
        return change(name, () -> records.delete(name, expected));
    }

    @Override
    public CompletableFuture<SortedMap<String, Versioned>> list(String prefix) {
        RecordCheck.prefix(prefix);
        return call(() -> records.list(prefix));
    }

    @Override
    public Watch watch(String prefix, Consumer<String> listener) {
        return records.watchers.add(prefix, name -> {
            if (!closed) {
                listener.accept(name);
            }
        });
    }

    @Override
    public OptionalLong heardAt() {
        return heard.at();
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    @Override
    public void close() {
        closed = true;
    }
}
