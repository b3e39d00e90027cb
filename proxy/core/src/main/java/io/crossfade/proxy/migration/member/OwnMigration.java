package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.time.Cause;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member holds for a migration, opened at most once and closed when its route has one index. Opening and closing
 * wait for a disk, on the executor for what blocks; everything else happens in the member's serial context.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>opening, ended</td><td>the serial context</td><td>the same</td></tr>
 * <tr><td>held</td><td>the serial context</td><td>volatile: read by calls and reconciles</td></tr>
 * </table>
 */
final class OwnMigration {
    private static final Logger LOG = LoggerFactory.getLogger(OwnMigration.class);

    private final Member.Context context;
    private final SerialContext serial;
    private final Consumer<Migration> joining;
    private volatile @Nullable Migration held;
    private @Nullable CompletableFuture<Migration> opening;
    private boolean ended;

    /**
     * @param joining makes the member and what was opened known to each other
     */
    OwnMigration(Member.Context context, SerialContext serial, Consumer<Migration> joining) {
        this.context = context;
        this.serial = serial;
        this.joining = joining;
    }

    /** Opens what an earlier process has left of the migration; completes with null for one index. */
    static CompletableFuture<@Nullable Migration> found(Member.Context context, Routes.Indexes indexes) {
        return indexes.isSingle()
                ? CompletableFuture.completedFuture(null)
                : open(context, indexes, false).thenApply(open -> open);
    }

    private static CompletableFuture<Migration> open(Member.Context context, Routes.Indexes indexes, boolean begins) {
        return CompletableFuture.supplyAsync(
                () -> context.migrations().open(indexes.unknownSettle(), begins), context.blocking());
    }

    /**
     * Opens what two indexes need, unless it is open or being opened: of two tries of one start, the second takes what
     * the first has opened, because a journal can be open only once. Completes with null for one index, which needs
     * nothing.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the future within is the one that is gone on with
    CompletableFuture<@Nullable Migration> opened(Routes.Indexes indexes) {
        serial.check();
        Migration open = held;
        if (open != null || indexes.isSingle()) {
            return CompletableFuture.completedFuture(open);
        }
        CompletableFuture<Migration> underWay = opening;
        if (underWay == null) {
            underWay = open(context, indexes, true)
                    .handleAsync(this::adoptOrEnd, serial)
                    .thenCompose(adopted -> adopted);
            opening = underWay;
        }
        return underWay.thenApply(adopted -> adopted);
    }

    private CompletableFuture<Migration> adoptOrEnd(@Nullable Migration opened, @Nullable Throwable failed) {
        serial.check();
        opening = null;
        if (opened == null) {
            return CompletableFuture.failedFuture(
                    failed == null ? new IllegalStateException("nothing opened") : Cause.of(failed));
        }
        if (ended) {
            return end(opened)
                    .thenCompose(
                            done -> CompletableFuture.failedFuture(new IllegalStateException("the member has ended")));
        }
        adopt(opened);
        return CompletableFuture.completedFuture(opened);
    }

    void adopt(Migration opened) {
        serial.check();
        held = opened;
        joining.accept(opened);
    }

    /** Returns what is open; null while there is none. */
    @Nullable
    Migration get() {
        return held;
    }

    void wakeReplay() {
        Migration open = held;
        if (open != null) {
            open.wakeReplay();
        }
    }

    void stopReplay() {
        Migration open = held;
        if (open != null) {
            open.stopReplay();
        }
    }

    /** Lets go of what is open, and completes when its journal is closed. */
    CompletableFuture<Void> closed() {
        serial.check();
        Migration old = held;
        held = null;
        return old == null ? CompletableFuture.completedFuture(null) : end(old);
    }

    /** Closes for good, and completes when nothing is open; what is still being opened is awaited, and closed. */
    CompletableFuture<Void> end() {
        serial.check();
        ended = true;
        CompletableFuture<Migration> underWay = opening;
        CompletableFuture<Void> closed = closed();
        return underWay == null ? closed : closed.thenCompose(done -> underWay.handle((adopted, failed) -> null));
    }

    /** A failure is logged, because nobody waits for it. */
    private CompletableFuture<Void> end(Migration old) {
        return old.end().exceptionally(failed -> {
            LOG.warn("{}: the journal could not be closed", context.collection(), Cause.of(failed));
            return null;
        });
    }
}
