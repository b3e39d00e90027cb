package io.crossfade.proxy.plugin;

import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore;
import java.util.Optional;
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
    public CompletableFuture<Boolean> compareAndSet(String name, long expectedRevision, byte[] value) {
        return call(() -> store.compareAndSet(name, expectedRevision, value));
    }

    @Override
    public Watch watch(String name, Consumer<Versioned> listener) {
        Watch watch = boundary.inside(() -> store.watch(name, state -> boundary.outside(() -> listener.accept(state))));
        return () -> boundary.task(watch::stop).run();
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
