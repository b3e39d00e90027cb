package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a record: reads it in the beginning, after each hint, when a read has failed, and of a shared store from time
 * to time, because hints may be lost. One read follows another, so that no older state is told after a newer one;
 * states in between may be missed. Guarded by this object's lock, under which neither store nor listener is called.
 */
final class Following<T> implements ControlStore.Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Following.class);

    private final Records records;
    private final String name;
    private final RecordJson<T> json;
    private final Consumer<T> listener;
    private final boolean shared;
    private ControlStore.@Nullable Watch watch;
    private Time.@Nullable Timer next;
    private Revision told = Revision.ABSENT;
    private boolean reading;
    private boolean hinted;
    private boolean stopped;
    private int failures;

    private Following(Records records, String name, RecordJson<T> json, Consumer<T> listener) {
        this.records = records;
        this.name = name;
        this.json = json;
        this.listener = listener;
        this.shared = records.store().isShared();
    }

    static <T> ControlStore.Watch begin(Records records, String name, RecordJson<T> json, Consumer<T> listener) {
        Following<T> following = new Following<>(records, name, json, listener);
        following.watch = records.store().watch(name, following::hint);
        following.read();
        return following;
    }

    private void hint(String changed) {
        if (changed.equals(name)) {
            read();
        }
    }

    private void read() {
        synchronized (this) {
            hinted = reading;
            if (stopped || reading) {
                return;
            }
            reading = true;
            cancelNext();
        }
        Branches.take(records.store().read(name), this::wasRead);
    }

    private void wasRead(@Nullable Optional<Versioned> found, @Nullable Throwable failed) {
        if (found == null) {
            failed(failed == null ? "null (expected: an answer)" : Cause.message(failed));
        } else {
            found.ifPresent(this::tell);
            if (isHintedSince()) {
                read();
            }
        }
    }

    private void tell(Versioned found) {
        if (!isNews(found.revision())) {
            return;
        }
        try {
            listener.accept(json.read(found));
        } catch (RuntimeException e) {
            LOG.error("control record {}: a state could not be dealt with", name, e);
        }
    }

    private synchronized boolean isNews(Revision revision) {
        boolean isNews = !stopped && !revision.equals(told);
        told = revision;
        return isNews;
    }

    private synchronized boolean isHintedSince() {
        failures = 0;
        reading = false;
        if (!hinted && shared) {
            readAfter(records.settings().reread());
        }
        return hinted;
    }

    private synchronized void failed(String reason) {
        if (failures++ == 0) {
            LOG.warn("control record {} cannot be followed at present: {}", name, reason);
        }
        reading = false;
        readAfter(records.settings().waitAfter(failures));
    }

    private void readAfter(Duration wait) {
        if (!stopped) {
            next = records.time().after(wait, this::read);
        }
    }

    private synchronized void cancelNext() {
        Time.Timer waiting = next;
        next = null;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    @Override
    public void stop() {
        synchronized (this) {
            stopped = true;
            cancelNext();
        }
        ControlStore.Watch hints = watch;
        if (hints != null) {
            hints.stop();
        }
    }
}
