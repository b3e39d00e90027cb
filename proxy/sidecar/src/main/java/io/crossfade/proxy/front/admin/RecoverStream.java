package io.crossfade.proxy.front.admin;

import io.crossfade.proxy.migration.recover.Recovered;
import io.crossfade.proxy.migration.recover.Recovery;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.v1.RecoverProgress;
import io.crossfade.v1.UnsettledDocument;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a recovery's progress. Lossy in between: at most four messages a second, none while the reader is slow; the last
 * one always comes. The run ends when the caller leaves. Calls come one at a time.
 */
final class RecoverStream implements Recovery.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RecoverStream.class);
    private static final int MOST_NAMED = 1_000;
    private static final long INTERVAL_NANOS = Duration.ofMillis(250).toNanos();

    private final ServerCallStreamObserver<RecoverProgress> call;
    private final Time time;
    private final List<UnsettledDocument> unsettled = new ArrayList<>();
    private int named;
    private long lastNanos;

    RecoverStream(ServerCallStreamObserver<RecoverProgress> call, Time time) {
        this.call = call;
        this.time = time;
        this.lastNanos = time.nanos();
    }

    @Override
    public void reached(Recovered done) {
        long now = time.nanos();
        if (now - lastNanos >= INTERVAL_NANOS && call.isReady() && !call.isCancelled()) {
            lastNanos = now;
            call.onNext(write(done).build());
            unsettled.clear();
        }
    }

    @Override
    public void unsettled(Key key, String why) {
        LOG.warn("{} is unsettled: {}", key, why);
        if (named < MOST_NAMED) {
            named++;
            unsettled.add(UnsettledDocument.newBuilder()
                    .setKey(Documents.write(key))
                    .setReason(why)
                    .build());
        }
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }

    void end(Recovered done) {
        if (!call.isCancelled()) {
            call.onNext(write(done).setDone(true).build());
            call.onCompleted();
        }
    }

    private RecoverProgress.Builder write(Recovered done) {
        return RecoverProgress.newBuilder()
                .setCompared(done.compared())
                .setBroughtBack(done.broughtBack())
                .setLeft(done.left())
                .setOnlyOnLeader(done.onlyOnLeader())
                .setUnsettled(done.unsettled())
                .addAllUnsettledDocuments(unsettled);
    }
}
