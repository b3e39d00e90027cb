package io.crossfade.proxy.front.admin;

import io.crossfade.proxy.front.api.EnumWriter;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.state.VerifyState.Verdict;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.migration.verify.Verifier;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.v1.VerifyProgress;
import java.util.Optional;

/**
 * Sends a comparison's progress. Lossy in between: at most four messages a second, none while the reader is slow; the
 * last one always comes, with the verdict. The run ends when the caller leaves, and is resumed by the next one.
 *
 * <p>Guarded by its own lock; the verifier is never called under it.
 */
final class VerifyStream implements Verifier.Listener {
    private static final int MOST_DIFFERENCES = 100;

    private final ProgressStream<VerifyProgress> stream;
    private final VerifyProgress.Builder progress = VerifyProgress.newBuilder();

    /**
     * @param total documents, if that is known
     */
    VerifyStream(ProgressStream<VerifyProgress> stream, Optional<Long> total) {
        this.stream = stream;
        total.ifPresent(progress::setTotal);
    }

    @Override
    public synchronized void compared(long documents) {
        progress.setCompared(progress.getCompared() + documents);
        if (progress.getCompared() > progress.getTotal()) {
            progress.clearTotal();
        }
        send();
    }

    @Override
    public synchronized void found(Difference difference) {
        if (difference.kind() == Difference.Kind.MOVING) {
            progress.setMoving(progress.getMoving() + 1);
        } else {
            progress.setDifferent(progress.getDifferent() + 1);
        }
        if (progress.getDifferencesCount() < MOST_DIFFERENCES) {
            progress.addDifferences(write(difference));
        }
        send();
    }

    @Override
    public synchronized void repaired(long documents) {
        progress.setRepaired(progress.getRepaired() + documents);
        send();
    }

    @Override
    public boolean isCancelled() {
        return stream.isCancelled();
    }

    private void send() {
        stream.offer(progress::build);
    }

    /** Ends with the sums of all, those of the run that this one resumed included. */
    synchronized void end(VerifyState verdict) {
        Verdict found = verdict.verdict();
        progress.setCompared(found.compared())
                .setDifferent(found.different())
                .setMoving(found.moving())
                .setRepaired(found.repaired());
        progress.setTotal(progress.getCompared());
        stream.end(progress.setDone(true).setClean(verdict.wasClean()).build());
    }

    private static io.crossfade.v1.Difference write(Difference difference) {
        return io.crossfade.v1.Difference.newBuilder()
                .setKey(Documents.write(difference.key()))
                .setKind(EnumWriter.write(difference.kind()))
                .setDetail(difference.detail())
                .build();
    }
}
