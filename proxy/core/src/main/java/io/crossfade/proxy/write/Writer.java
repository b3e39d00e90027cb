package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.route.Admission;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WriteGate;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The entry of the write path: a call that meets a closed gate waits, then it is written on the route of the moment. Safe
 * for use by many threads.
 */
public final class Writer {
    private final CurrentRoute current;
    private final WriteGate gate;
    private final Time time;

    public Writer(CurrentRoute current, WriteGate gate, Time time) {
        this.current = current;
        this.gate = gate;
        this.time = time;
    }

    /** Begins on the route of the moment, and again on the next one if that route is left before anything was done. */
    public CompletableFuture<WriteReply> write(WriteCall call, Duration timeout) {
        CompletableFuture<Void> closed = gate.closed();
        if (closed != null) {
            return waitForGate(closed, call, timeout);
        }
        Route route;
        try {
            route = current.enterWrite();
        } catch (CallException e) {
            return CompletableFuture.failedFuture(e);
        }
        long began = time.nanos();
        Admitted admitted = new Admitted(gate, route);
        return writeOn(route, call, timeout, route.isSingle() ? Admission.GIVEN : admitted)
                .whenComplete((reply, failed) -> admitted.end())
                .exceptionallyCompose(failed -> Cause.of(failed) instanceof Admission.NotAdmittedException
                        ? beginAgain(call, timeout.minusNanos(time.nanos() - began))
                        : CompletableFuture.failedFuture(failed));
    }

    private CompletableFuture<WriteReply> beginAgain(WriteCall call, Duration left) {
        return left.isNegative() || left.isZero()
                ? CompletableFuture.failedFuture(new CallException(
                        CallException.Kind.DEADLINE, "time was over before the write began; nothing was done"))
                : write(call, left);
    }

    private static CompletableFuture<WriteReply> writeOn(
            Route route, WriteCall call, Duration timeout, Admission admission) {
        try {
            return route.write(call, timeout, admission).thenApply(results -> new WriteReply(results, route.epoch()));
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * A call on its route, which it has entered. It counts itself in before it looks at the gate, while whoever closes
     * the gate waits for the count afterwards: so one of the two sees the other. {@code admitted} is written before the
     * call can end.
     */
    private static final class Admitted implements Admission {
        private final WriteGate gate;
        private final Route route;
        private volatile boolean admitted;

        Admitted(WriteGate gate, Route route) {
            this.gate = gate;
            this.route = route;
        }

        @Override
        public void admit() {
            if (!route.writes().enter()) {
                throw new NotAdmittedException();
            }
            if (gate.isHolding()) {
                route.writes().exit();
                throw new NotAdmittedException();
            }
            admitted = true;
        }

        void end() {
            if (admitted) {
                route.writes().exit();
            }
            CurrentRoute.exitWrite(route);
        }
    }

    private CompletableFuture<WriteReply> waitForGate(
            CompletableFuture<Void> opened, WriteCall call, Duration timeout) {
        if (!gate.startWaiting()) {
            return CompletableFuture.failedFuture(new CallException(
                    CallException.Kind.EXHAUSTED, "too many writes are held while the route changes; try again"));
        }
        long began = time.nanos();
        CompletableFuture<WriteReply> reply = new CompletableFuture<>();
        AtomicBoolean decided = new AtomicBoolean();
        Time.Timer timer = time.after(timeout, () -> {
            if (decided.compareAndSet(false, true)) {
                gate.stopWaiting();
                reply.completeExceptionally(new CallException(
                        CallException.Kind.DEADLINE, "time was over while the write was held; nothing was done"));
            }
        });
        Branches.take(opened, (open, never) -> {
            if (decided.compareAndSet(false, true)) {
                timer.cancel();
                gate.stopWaiting();
                Branches.take(write(call, timeout.minusNanos(time.nanos() - began)), (done, failed) -> {
                    if (failed != null) {
                        reply.completeExceptionally(failed);
                    } else {
                        reply.complete(done);
                    }
                });
            }
        });
        return reply;
    }
}
