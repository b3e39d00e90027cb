package io.crossfade.proxy.write.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether a write to the page cache might have to wait for the disk. A disk that hangs holds up syncs first, and writes
 * only when the page cache has taken what it may: so a small file beside the journal is synced each second while there are
 * writes, and a sync that takes too long says that writes may soon do. So does a write that has taken too long itself, for a while.
 *
 * <p>{@link #mayWait} and {@link #hasTaken} are for one thread at a time.
 */
final class DiskWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
    private static final long BETWEEN_PROBES = Duration.ofSeconds(1).toNanos();
    private static final long USUAL = Duration.ofMillis(20).toNanos();
    private static final long WARY = Duration.ofSeconds(10).toNanos();
    private static final long NEVER = Long.MIN_VALUE;

    private final Path file;
    private final Executor probes;
    private final LongSupplier nanos;
    private long lastProbe = NEVER;
    private long lastSlow = NEVER;
    /** Written by the thread of probes when one has ended; volatile. */
    private volatile boolean probing;

    /**
     * @param file that is written and synced
     * @param probes runs what waits for the disk
     */
    DiskWatch(Path file, Executor probes, LongSupplier nanos) {
        this.file = file;
        this.probes = probes;
        this.nanos = nanos;
    }

    boolean mayWait() {
        long now = nanos.getAsLong();
        if (!probing && (lastProbe == NEVER || now - lastProbe >= BETWEEN_PROBES)) {
            lastProbe = now;
            probing = true;
            probe();
        }
        return (probing && now - lastProbe > USUAL) || (lastSlow != NEVER && now - lastSlow < WARY);
    }

    /** A write that began then has ended now. */
    void hasTaken(long sinceNanos) {
        long now = nanos.getAsLong();
        if (now - sinceNanos > USUAL) {
            lastSlow = now;
        }
    }

    private void probe() {
        try {
            probes.execute(() -> {
                try (FileChannel probe = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    probe.write(ByteBuffer.wrap(new byte[] {1}));
                    probe.force(false);
                } catch (IOException e) {
                    LOG.debug("the journal's disk cannot be tried; the journal will say so itself", e);
                } finally {
                    probing = false;
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the journal was closed", e);
        }
    }
}
