package io.crossfade.proxy.local;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process and those that it starts, all of which work in one folder. Once it was ended it is not started again. */
final class Family {
    private final CountDownLatch ended = new CountDownLatch(1);

    @GuardedBy("this")
    private @Nullable Process parent;

    /** Starts the parent, unless the family was ended. */
    synchronized void start(ProcessBuilder builder) throws IOException {
        if (ended.getCount() > 0) {
            parent = builder.start();
        }
    }

    synchronized boolean isRunning() {
        return parent != null && parent.isAlive();
    }

    /**
     * Waits for a while, or until the family was ended.
     *
     * @return whether it was
     */
    boolean hasEndedWithin(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Sends a signal to the parent alone, and waits until that has ended. */
    void stop(String signal) {
        send(signal, List.of());
        awaitEnd();
    }

    /** Sends all of them a signal. */
    void signal(String name) {
        send(name, parent().descendants().toList());
    }

    /** Ends all of them without a word. */
    void kill(Path folder) {
        signal("KILL");
        awaitEnd();
        endOrphans(folder);
    }

    /** Ends all of them for good. */
    synchronized void end(Path folder) {
        ended.countDown();
        if (parent != null && parent.isAlive()) {
            List<ProcessHandle> all = new ArrayList<>(parent.descendants().toList());
            all.add(parent.toHandle());
            all.forEach(ProcessHandle::destroyForcibly);
            all.forEach(each -> each.onExit().join());
        }
        endOrphans(folder);
    }

    private synchronized Process parent() {
        return requireNonNull(parent, "parent");
    }

    private void send(String name, List<ProcessHandle> more) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name, String.valueOf(parent().pid())));
        more.forEach(each -> command.add(String.valueOf(each.pid())));
        try {
            new ProcessBuilder(command).start().waitFor(); // some may have ended meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEnd() {
        try {
            parent().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One that was begun while the others were being stopped or killed was in no list of them, and may wait for ever. */
    private static void endOrphans(Path folder) {
        ProcessHandle.allProcesses()
                .filter(each -> folder.equals(workingDirectory(each)))
                .forEach(each -> {
                    each.destroyForcibly();
                    each.onExit().join();
                });
    }

    private static @Nullable Path workingDirectory(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", String.valueOf(process.pid()), "cwd"));
        } catch (IOException e) {
            return null; // it has ended, or there is no /proc
        }
    }
}
