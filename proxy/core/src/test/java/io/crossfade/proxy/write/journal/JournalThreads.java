package io.crossfade.proxy.write.journal;

import java.util.concurrent.Executor;

/** Threads of a journal under test. */
final class JournalThreads {
    private JournalThreads() {}

    /** One runs both appends and syncs, in the order in which they are due. */
    static Journal.Threads both(Executor thread) {
        return new Journal.Threads(Turns.NONE, thread, thread);
    }
}
