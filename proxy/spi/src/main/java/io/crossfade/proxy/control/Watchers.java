package io.crossfade.proxy.control;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The listeners of a store that lives in this process. */
public final class Watchers {
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

    private static final class Watcher {
        private final String prefix;
        private final Consumer<String> listener;

        Watcher(String prefix, Consumer<String> listener) {
            this.prefix = prefix;
            this.listener = listener;
        }
    }

    /** Adds a listener for names that begin like this. */
    public ControlStore.Watch add(String prefix, Consumer<String> listener) {
        RecordCheck.prefix(prefix);
        Watcher watcher = new Watcher(prefix, listener);
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    /** Tells that a record has changed. What a listener throws goes to this thread's handler of uncaught exceptions. */
    public void tell(String name) {
        for (Watcher watcher : watchers) {
            if (name.startsWith(watcher.prefix)) {
                tell(watcher, name);
            }
        }
    }

    private static void tell(Watcher watcher, String name) {
        try {
            watcher.listener.accept(name);
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    /** Removes all listeners. */
    public void stop() {
        watchers.clear();
    }
}
