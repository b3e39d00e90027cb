package io.crossfade.proxy.kit.control;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.Watchers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A control store that forgets everything at the end of the process. All work is done by one executor, in order. */
public final class MemoryControlStore implements ControlStore {
    private final Map<String, Versioned> records = new HashMap<>();
    private final Watchers watchers = new Watchers();
    private final Executor thread;
    private final boolean shared;

    /**
     * @param thread runs one task at a time
     * @param shared by several sidecars
     */
    public MemoryControlStore(Executor thread, boolean shared) {
        this.thread = thread;
        this.shared = shared;
    }

    @Override
    public CompletableFuture<Optional<Versioned>> read(String name) {
        return CompletableFuture.supplyAsync(() -> Optional.ofNullable(records.get(name)), thread);
    }

    @Override
    public CompletableFuture<Boolean> compareAndSet(String name, long expectedRevision, byte[] value) {
        return CompletableFuture.supplyAsync(
                () -> {
                    Versioned before = records.get(name);
                    if ((before == null ? 0 : before.revision()) != expectedRevision) {
                        return false;
                    }
                    Versioned after = new Versioned(value.clone(), expectedRevision + 1);
                    records.put(name, after);
                    watchers.tell(name, after);
                    return true;
                },
                thread);
    }

    @Override
    public Watch watch(String name, Consumer<Versioned> listener) {
        Watch watch = watchers.add(name, listener);
        thread.execute(() -> {
            Versioned state = records.get(name);
            if (state != null) {
                listener.accept(state);
            }
        });
        return watch;
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    @Override
    public void close() {
        // Nothing to end: the executor is the caller's.
    }
}
