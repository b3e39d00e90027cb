package io.crossfade.proxy.front.admin;

import io.crossfade.proxy.migration.recover.Recovered;
import io.crossfade.proxy.migration.recover.Recovery;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.v1.RecoverProgress;
import io.crossfade.v1.UnsettledDocument;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a recovery's progress. The run ends when the caller leaves. Calls come one at a time. */
final class RecoverStream implements Recovery.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(RecoverStream.class);
    private static final int MOST_NAMED = 1_000;

    private final ProgressStream<RecoverProgress> stream;
    private final List<UnsettledDocument> unsettled = new ArrayList<>();
    private int named;

    RecoverStream(ProgressStream<RecoverProgress> stream) {
        this.stream = stream;
    }

    @Override
    public void reached(Recovered done) {
        if (stream.offer(() -> write(done).build())) {
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
        return stream.isCancelled();
    }

    void end(Recovered done) {
        stream.end(write(done).setDone(true).build());
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
