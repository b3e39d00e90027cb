package io.crossfade.proxy.plugin;

import io.crossfade.proxy.time.Branches;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * The border between the sidecar and one plugin. A plugin's code finds its own class loader as the context class loader
 * of its thread, as many client libraries expect; what the sidecar does with an answer finds the sidecar's again.
 *
 * @param folder names the plugin in messages
 */
record Boundary(String folder, ClassLoader plugin, ClassLoader sidecar) {
    /**
     * Runs code of the plugin.
     *
     * @throws IllegalArgumentException with name, value and expectation if a class that it needs is missing or does not
     * fit
     */
    <T> T inside(Supplier<T> call) {
        try {
            return with(plugin, call);
        } catch (LinkageError e) {
            throw new IllegalArgumentException(doesNotFit(e), e);
        }
    }

    /**
     * Runs code of the plugin, and goes on in the sidecar when it has answered. What it throws in place of a future that
     * fails becomes one, but for a bad argument.
     */
    <T> CompletableFuture<T> call(
            Supplier<CompletableFuture<T>> call, BiFunction<String, Throwable, Throwable> failure) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            Branches.take(with(plugin, call), (value, failed) -> outside(() -> settle(answer, value, failed)));
        } catch (LinkageError e) {
            answer.completeExceptionally(failure.apply(doesNotFit(e), e));
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            answer.completeExceptionally(failure.apply(folder + ": " + e + " (expected: a future that fails)", e));
        }
        return answer;
    }

    private static <T> void settle(CompletableFuture<T> answer, T value, Throwable failed) {
        if (failed == null) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(failed);
        }
    }

    /** Runs code of the sidecar. */
    void outside(Runnable task) {
        run(sidecar, task);
    }

    /** Wraps a task of the plugin that runs on a thread of the sidecar. */
    Runnable task(Runnable task) {
        return () -> run(plugin, task);
    }

    /** For tasks of the plugin on threads of the sidecar. */
    Executor on(Executor executor) {
        return task -> executor.execute(task(task));
    }

    private String doesNotFit(LinkageError e) {
        return folder + ": " + e
                + " (expected: all classes that it needs, made for this version of Crossfade and of Java)";
    }

    private static void run(ClassLoader loader, Runnable task) {
        Object unused = with(loader, () -> {
            task.run();
            return loader;
        });
    }

    private static <T> T with(ClassLoader loader, Supplier<T> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
