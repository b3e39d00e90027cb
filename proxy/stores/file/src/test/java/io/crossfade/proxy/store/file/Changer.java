package io.crossfade.proxy.store.file;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.time.SystemTime;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A process that changes records until it is killed. It prints each number whose changes are acknowledged: number n
 * makes record n, deletes record n - 3, and sets the counter to n.
 */
final class Changer {
    static final String COUNTER = "counter";

    private Changer() {}

    public static void main(String[] arguments) throws Exception {
        try (SystemTime time = new SystemTime();
                ControlStore store = FileControlStore.open(Path.of(arguments[0]), time)) {
            for (int n = Integer.parseInt(arguments[1]); n < Integer.MAX_VALUE; n++) {
                set(store, name(n), n);
                delete(store, name(n - 3));
                set(store, COUNTER, n);
                System.out.println(n);
            }
        }
    }

    private static void set(ControlStore store, String name, int value) {
        requireDone(store.compareAndSet(
                        name,
                        revision(store, name),
                        ByteBuffer.allocate(4).putInt(value).array())
                .join());
    }

    private static void delete(ControlStore store, String name) {
        Revision revision = revision(store, name);
        if (!revision.equals(Revision.ABSENT)) {
            requireDone(store.delete(name, revision).join());
        }
    }

    private static Revision revision(ControlStore store, String name) {
        return store.read(name).join().map(Versioned::revision).orElse(Revision.ABSENT);
    }

    private static void requireDone(Change change) {
        if (!(change instanceof Change.Done)) {
            throw new IllegalStateException("change: " + change + " (expected: done)");
        }
    }

    static boolean isDeleted(int n, int last) {
        return n + 3 <= last;
    }

    static String name(int n) {
        return "n" + n;
    }

    static int number(Versioned record) {
        return ByteBuffer.wrap(record.value()).getInt();
    }
}
