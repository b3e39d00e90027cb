package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.DamagedRecordException;
import io.crossfade.proxy.time.Cause;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One typed record in the control store, as JSON. */
public final class StateRecord<T> {
    private static final Logger LOG = LoggerFactory.getLogger(StateRecord.class);

    private final Records records;
    private final String name;
    private final RecordJson<T> json;
    private final IfDamaged ifDamaged;

    /** What becomes of a record that cannot be understood. */
    public enum IfDamaged {
        /** Nobody may guess what it said: whoever reads or changes it fails. */
        REFUSE,
        /** What it said can be found out again: it is as good as absent, and is made anew. */
        BEGIN_ANEW
    }

    StateRecord(Records records, String name, Class<T> type, IfDamaged ifDamaged) {
        this.records = records;
        this.name = name;
        this.json = new RecordJson<>(name, type);
        this.ifDamaged = ifDamaged;
    }

    /** Reads what stands; empty if there is no such record, or one that is to be made anew. */
    public CompletableFuture<Optional<T>> read() {
        return records.store()
                .read(name)
                .thenApply(found -> found.map(this::value))
                .exceptionallyCompose(failed -> {
                    if (ifDamaged == IfDamaged.REFUSE
                            || !(Cause.of(failed) instanceof DamagedRecordException damaged)) {
                        return CompletableFuture.failedFuture(failed);
                    }
                    LOG.error("{}; it is made anew", damaged.getMessage());
                    return CompletableFuture.completedFuture(Optional.empty());
                });
    }

    /** Says what a stored record means. */
    public T value(Versioned found) {
        return json.read(found);
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
        return new Update<>(records, name, json, ifAbsent, ifDamaged, edit).run();
    }

    /** Makes a change as {@link #update} does, and fails if there is no record. */
    public CompletableFuture<T> change(Edit<T> edit) {
        return new Update<>(records, name, json, null, IfDamaged.REFUSE, edit).run();
    }
}
