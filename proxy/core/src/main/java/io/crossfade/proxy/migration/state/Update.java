package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.DamagedRecordException;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One change of a record, attempted until it stands, or until no attempt is left. Each attempt begins with a read:
 * after one whose outcome is unknown it tells whether that was made after all. The attempts follow one another.
 */
final class Update<T> {
    private final Records records;
    private final String name;
    private final RecordJson<T> json;
    private final @Nullable T ifAbsent;
    private final StateRecord.IfDamaged ifDamaged;
    private final Edit<T> edit;
    private final List<T> unknown = new ArrayList<>();
    private int attempts;

    /**
     * @param ifAbsent what the edit is made of if there is no such record; null: then it fails
     */
    Update(
            Records records,
            String name,
            RecordJson<T> json,
            @Nullable T ifAbsent,
            StateRecord.IfDamaged ifDamaged,
            Edit<T> edit) {
        this.records = records;
        this.name = name;
        this.json = json;
        this.ifAbsent = ifAbsent;
        this.ifDamaged = ifDamaged;
        this.edit = edit;
    }

    /** Makes the next attempt; completes with what stands in the end. */
    CompletableFuture<T> run() {
        attempts++;
        return Branches.compose(
                records.store().read(name), (found, failed) -> failed == null ? attempt(found) : unread(failed));
    }

    private CompletableFuture<T> attempt(Optional<Versioned> found) {
        if (found.isEmpty()) {
            return attempt(ifAbsent(), null, Revision.ABSENT);
        }
        Versioned stands = found.get();
        try {
            return attempt(json.read(stands), stands.value(), stands.revision());
        } catch (DamagedRecordException e) {
            return unread(e);
        }
    }

    /** What cannot be read is made anew, if that is known to be right, else tried again. */
    private CompletableFuture<T> unread(Throwable failed) {
        return ifDamaged == StateRecord.IfDamaged.BEGIN_ANEW
                        && Cause.of(failed) instanceof DamagedRecordException damaged
                ? attempt(ifAbsent(), null, damaged.revision())
                : again(failed);
    }

    /**
     * @param bytes that the edit's subject was read from; null if it is made anew
     */
    private CompletableFuture<T> attempt(T before, byte @Nullable [] bytes, Revision revision) {
        if (unknown.stream().anyMatch(written -> edit.isIn(before, written))) {
            return CompletableFuture.completedFuture(before);
        }
        T after = edit.of(before);
        if (bytes != null && after.equals(before)) {
            return CompletableFuture.completedFuture(after);
        }
        return Branches.compose(
                records.store().compareAndSet(name, revision, json.write(after, bytes)),
                (change, failed) -> failed == null ? answered(change, after) : unanswered(failed, after));
    }

    private T ifAbsent() {
        if (ifAbsent == null) {
            throw new IllegalStateException("control record " + name + ": absent (expected: there to be changed)");
        }
        return ifAbsent;
    }

    private CompletableFuture<T> answered(Change change, T after) {
        return change instanceof Change.Done
                ? CompletableFuture.completedFuture(after)
                : again(new ControlException("control record " + name + ": changed by others in " + attempts
                        + " attempts (expected: left alone for one)"));
    }

    private CompletableFuture<T> unanswered(Throwable failed, T after) {
        unknown.add(after);
        return again(failed);
    }

    /** Attempts it again; if that was done often enough, fails with the reason of the last time. */
    private CompletableFuture<T> again(Throwable reason) {
        return attempts < records.settings().attempts()
                ? records.restAfter(attempts).thenCompose(rested -> run())
                : CompletableFuture.failedFuture(Cause.of(reason));
    }
}
