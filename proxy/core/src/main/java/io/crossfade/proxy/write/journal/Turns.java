package io.crossfade.proxy.write.journal;

/** Turns of threads that go from task to task, as an event loop does: what is left for the end needs nobody who is woken for it. */
@FunctionalInterface
public interface Turns {
    /** No thread has any. */
    Turns NONE = task -> false;

    /**
     * Has this thread run a task when it has worked on what has arrived for it; false, and nothing, if it has no turns. The
     * task must not wait for anything.
     */
    boolean atEnd(Runnable task);
}
