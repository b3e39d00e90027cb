package io.crossfade.proxy.harness;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.kit.control.MemoryControlStore;
import io.crossfade.proxy.migration.state.StateRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The control store of a fleet. Whoever looks over its shoulder sees every state of a record, at the moment it comes to
 * be.
 */
public final class Ledger implements ControlStore {
    private final MemoryControlStore store;
    private final List<BiConsumer<String, Versioned>> observers = new ArrayList<>();

    Ledger(MemoryControlStore store) {
        this.store = store;
    }

    /** Tells of each state that a record comes to have from now on. */
    public <T> void observe(String name, StateRecord<T> record, Consumer<T> observer) {
        observers.add((changed, state) -> {
            if (changed.equals(name)) {
                observer.accept(record.value(state));
            }
        });
    }

    @Override
    public CompletableFuture<Optional<Versioned>> read(String name) {
        return store.read(name);
    }

    @Override
    public CompletableFuture<Change> compareAndSet(String name, Revision expected, byte[] value) {
        return store.compareAndSet(name, expected, value).thenApply(change -> {
            if (change instanceof Change.Done done) {
                Versioned state = new Versioned(value, done.revision());
                observers.forEach(observer -> observer.accept(name, state));
            }
            return change;
        });
    }

    @Override
    public CompletableFuture<Change> delete(String name, Revision expected) {
        return store.delete(name, expected);
    }

    @Override
    public CompletableFuture<SortedMap<String, Versioned>> list(String prefix) {
        return store.list(prefix);
    }

    @Override
    public Watch watch(String prefix, Consumer<String> listener) {
        return store.watch(prefix, listener);
    }

    @Override
    public OptionalLong heardAt() {
        return store.heardAt();
    }

    @Override
    public boolean isShared() {
        return store.isShared();
    }

    @Override
    public void close() {
        store.close();
    }
}
