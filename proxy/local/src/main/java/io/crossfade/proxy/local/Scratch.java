package io.crossfade.proxy.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for what one run writes. It is removed when it is closed, and with this process at the latest, Ctrl-C included; then
 * all processes that this one has started are ended first. Other users may pass through it, because a server in it may run as
 * one of them. Guarded by this.
 */
public final class Scratch implements AutoCloseable {
    private static final int MOST_ATTEMPTS = 3;

    private final Path path;
    private final Thread hook = new Thread(this::abandon, "scratch-end");

    /** The last one first. */
    @GuardedBy("this")
    private final Deque<Runnable> endings = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean isKept;

    @GuardedBy("this")
    private boolean isAbandoned;

    @GuardedBy("this")
    private boolean isGone;

    private Scratch(Path path) {
        this.path = path;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** One in the system's folder for such. */
    public static Scratch create(String prefix) throws IOException {
        return new Scratch(passable(Files.createTempDirectory(prefix)));
    }

    /** One in this folder. */
    public static Scratch createIn(Path folder, String prefix) throws IOException {
        return new Scratch(passable(Files.createTempDirectory(folder, prefix)));
    }

    /** Lets other users pass through a folder, whatever the user's mask says. */
    static Path passable(Path folder) throws IOException {
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    public Path path() {
        return path;
    }

    /** What has to end before the folder is removed or left behind. The last one that is named here ends first. */
    public synchronized void atTheEnd(Runnable ending) {
        endings.push(ending);
    }

    /** Does not remove it, unless it goes already. */
    public synchronized void keep() {
        isKept |= !isAbandoned && !isGone;
    }

    /** Whether this process is about to end, by Ctrl-C for one. That all fails then means nothing. */
    public synchronized boolean isAbandoned() {
        return isAbandoned;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hooks run already.
        }
        end();
    }

    private void abandon() {
        synchronized (this) {
            isAbandoned = true;
        }
        ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::destroyForcibly)
                .toList()
                .forEach(each -> each.onExit().join());
        end();
    }

    private synchronized void end() {
        while (!endings.isEmpty()) {
            endings.pop().run();
        }
        for (int i = 0; i < MOST_ATTEMPTS && !isKept && !isGone; i++) {
            try {
                delete(path);
                isGone = true;
            } catch (IOException e) {
                // Something was still written there, perhaps; what is left after all is in the system's temporary
                // folder.
            }
        }
    }

    /** Deletes a folder with all that is in it. */
    public static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
