package io.crossfade.proxy.interleaving;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Runs the operations of a class on two threads, in orders of their steps that are enumerated, and holds each result
 * against the same operations one after another. {@code -Dcrossfade.interleavings=10} tries ten times as many scenarios, each in
 * ten times as many orders.
 */
public final class Interleavings {
    private static final int TIMES = Integer.getInteger("crossfade.interleavings", 1);

    private Interleavings() {}

    /**
     * @param operations a public class with a public constructor, whose methods are annotated
     * @param atomic classes that are trusted, or tested by themselves: each call of theirs is one step
     */
    public static void check(Class<?> operations, Class<?>... atomic) {
        check(operations, options(2, 2).iterations(8 * TIMES).invocationsPerIteration(120 * TIMES), atomic);
    }

    /** One operation on each of three threads, in many more orders: for what it takes many changes of thread to see. */
    public static void checkDeeply(Class<?> operations) {
        check(operations, options(3, 1).iterations(8 * TIMES).invocationsPerIteration(4_000 * TIMES));
    }

    private static ModelCheckingOptions options(int threads, int operationsEach) {
        return new ModelCheckingOptions()
                .threads(threads)
                .actorsPerThread(operationsEach)
                .actorsBefore(0)
                .actorsAfter(0)
                .minimizeFailedScenario(false);
    }

    private static void check(Class<?> operations, ModelCheckingOptions options, Class<?>... atomic) {
        options.addGuarantee(oneStep(ConcurrentHashMap.class)).addGuarantee(oneStep(LinkedBlockingQueue.class));
        for (Class<?> each : atomic) {
            options.addGuarantee(oneStep(each));
        }
        options.check(operations);
    }

    private static ManagedStrategyGuarantee oneStep(Class<?> type) {
        return forClasses(type.getName()).allMethods().treatAsAtomic();
    }
}
