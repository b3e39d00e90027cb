package io.crossfade.proxy.front.admin;

import io.crossfade.proxy.migration.admin.Cleaned;
import io.crossfade.proxy.migration.admin.Cleaning;
import io.crossfade.v1.CleanProgress;

/** Sends a cleaning's progress. The run ends when the caller leaves. */
record CleanStream(ProgressStream<CleanProgress> stream) implements Cleaning.Listener {
    @Override
    public void reached(Cleaned done) {
        stream.offer(() -> write(done).build());
    }

    @Override
    public boolean isCancelled() {
        return stream.isCancelled();
    }

    void end(Cleaned done) {
        stream.end(write(done).setDone(true).build());
    }

    private static CleanProgress.Builder write(Cleaned done) {
        return CleanProgress.newBuilder()
                .setDocuments(done.documents())
                .setCleaned(done.cleaned())
                .setLeft(done.left());
    }
}
