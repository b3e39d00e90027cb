package io.crossfade.proxy.kit.memory;

/** Decides which fault meets a call. Called by many threads. */
@FunctionalInterface
public interface FaultPlan {
    /** No faults. */
    FaultPlan HEALTHY = (operation, number) -> Fault.NONE;

    /** What a call does. */
    enum Operation {
        OPEN,
        READ,
        WRITE
    }

    /**
     * @param number how many calls of this operation came before since the plan was set
     */
    Fault next(Operation operation, long number);

    /** A plan in which every call meets the fault. */
    static FaultPlan always(Fault fault) {
        return (operation, number) -> fault;
    }

    /** A plan in which every call of this operation meets the fault. */
    static FaultPlan on(Operation operation, Fault fault) {
        return (each, number) -> each == operation ? fault : Fault.NONE;
    }

    /** A plan in which only one write meets the fault: the n-th from now, counted from 0. */
    static FaultPlan onWrite(long n, Fault fault) {
        return (operation, number) -> operation == Operation.WRITE && number == n ? fault : Fault.NONE;
    }
}
