package io.crossfade.proxy.write.journal;

import java.io.IOException;
import java.util.List;

/** A store that leaves to another what it does not do itself. */
abstract class ForwardingStore implements JournalStore {
    /** The one that does it now. */
    abstract JournalStore store();

    @Override
    public Contents load() throws IOException {
        return store().load();
    }

    @Override
    public void begin() throws IOException {
        store().begin();
    }

    @Override
    public void apply(List<Change> changes) throws IOException {
        store().apply(changes);
    }

    @Override
    public boolean tryApply(List<Change> changes) throws IOException {
        return store().tryApply(changes);
    }

    @Override
    public void sync() throws IOException {
        store().sync();
    }

    @Override
    public long written() {
        return store().written();
    }

    @Override
    public long bytes() {
        return store().bytes();
    }

    @Override
    public void close() throws IOException {
        store().close();
    }
}
