package io.crossfade.proxy.plugin;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.Revision;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A control store whose kind is not in the jar. */
record PluginStore(ControlStore store, Boundary boundary) implements ControlStore {
    private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        return boundary.call(call, ControlException::new);
    }

    @Override
    public CompletableFuture<Optional<Versioned>> read(String name) {
        return call(() -> store.read(name));
    }

    @Override
    public CompletableFuture<Change> compareAndSet(String name, Revision expected, byte[] value) {
        return call(() -> store.compareAndSet(name, expected, value));
    }

    @Override
    public CompletableFuture<Change> delete(String name, Revision expected) {
        return call(() -> store.delete(name, expected));
    }

    @Override
    public CompletableFuture<SortedMap<String, Versioned>> list(String prefix) {
        return call(() -> store.list(prefix));
    }

    @Override
    public Watch watch(String prefix, Consumer<String> listener) {
        Watch watch = boundary.inside(() -> store.watch(prefix, name -> boundary.outside(() -> listener.accept(name))));
        return () -> boundary.task(watch::stop).run();
    }

    @Override
    public OptionalLong heardAt() {
        return boundary.inside(store::heardAt);
    }

    @Override
    public boolean isShared() {
        return boundary.inside(store::isShared);
    }

    @Override
    public void close() {
        boundary.task(store::close).run();
    }
}
