package io.crossfade.proxy.time;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Both branches of a future: its value and its failure. A failure that is in nobody's hands is a fault that nobody hears
 * of; so a chain of futures ends with somebody who takes both branches, or with the reason why a failure may be dropped.
 * The build refuses a future that is left lying otherwise.
 */
public final class Branches {
    private Branches() {}

    /**
     * Ends a chain: hands on the value and null, or null and the failure. What the taker throws goes to its thread's handler
     * of uncaught exceptions.
     */
    public static <T extends @Nullable Object> void take(
            CompletionStage<T> future, BiConsumer<? super T, ? super @Nullable Throwable> taker) {
        var unused = future.whenComplete((value, failed) -> run(() -> taker.accept(value, failed)));
    }

    /**
     * Goes on from both branches: with what is made of the value and null, or of null and the failure. Fails if that throws.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the future within is the one that is gone on with
    public static <T extends @Nullable Object, U extends @Nullable Object> CompletableFuture<U> compose(
            CompletableFuture<T> future,
            BiFunction<? super T, ? super @Nullable Throwable, ? extends CompletableFuture<U>> next) {
        return future.<CompletableFuture<U>>handle(next::apply).thenCompose(Function.identity());
    }

    /**
     * Ends a chain without looking at what becomes of it.
     *
     * @param reason why a failure is nobody's loss, or who else tells it
     */
    public static void drop(CompletionStage<?> future, String reason) {
        if (reason.isEmpty()) {
            throw new IllegalArgumentException(
                    "reason: empty (expected: why a failure of " + future + " may be dropped)");
        }
    }

    /** Runs a task whose end nobody waits for; what it throws goes to its thread's handler of uncaught exceptions. */
    static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
