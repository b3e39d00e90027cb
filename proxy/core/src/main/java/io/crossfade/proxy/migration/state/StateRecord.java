package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStore.Versioned;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** One typed record in the control store, as JSON. */
public final class StateRecord<T> {
    private final Records records;
    private final String name;
    private final RecordJson<T> json;

    StateRecord(Records records, String name, Class<T> type) {
        this.records = records;
        this.name = name;
        this.json = new RecordJson<>(name, type);
    }

    /** Reads what stands; empty if there is no such record. */
    public CompletableFuture<Optional<T>> read() {
        return records.store().read(name).thenApply(found -> found.map(this::value));
    }

    /** Says what a stored record means. */
    public T value(Versioned found) {
        return json.read(found.value());
    }

    /** Whether several sidecars use it. */
    public boolean isShared() {
        return records.store().isShared();
    }

    /**
     * Calls the listener with the state that stands, if there is one, and with later ones; the last is never missed for
     * long.
     */
    public ControlStore.Watch watch(Consumer<T> listener) {
        return Following.begin(records, name, json, listener);
    }

    /**
     * Makes a change, and the record if there is none. Completes with what stands then; fails with what the edit
     * throws, or with a {@link io.crossfade.proxy.control.ControlException} after as many attempts as are configured:
     * the change may have been made then.
     */
    public CompletableFuture<T> update(T ifAbsent, Edit<T> edit) {
        return new Update<>(records, name, json, ifAbsent, edit).run();
    }

    /** Makes a change as {@link #update} does, and fails if there is no record. */
    public CompletableFuture<T> change(Edit<T> edit) {
        return new Update<>(records, name, json, null, edit).run();
    }
}
