package io.crossfade.proxy.demo.app;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.crossfade.proxy.time.Time;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Lets workers through one call at a time each, at their own pace, until it is shut. */
final class Gate {
    private enum State {
        OPEN,
        PAUSED,
        SHUT
    }

    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private State state = State.PAUSED;

    @GuardedBy("lock")
    private int inside;

    Gate(Time time) {
        this.time = time;
    }

    /**
     * Waits for a moment, and for the gate to be open.
     *
     * @param at {@link Time#nanos}
     * @return false once the gate is shut
     */
    boolean enter(long at) throws InterruptedException {
        lock.lock();
        try {
            while (state != State.SHUT && !mayEnter(at)) {
                await(at);
            }
            inside += state == State.SHUT ? 0 : 1;
            return state != State.SHUT;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            inside--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void open() throws InterruptedException {
        become(State.OPEN);
    }

    /** Returns when nobody is inside. */
    void pause() throws InterruptedException {
        become(State.PAUSED);
    }

    /** Returns when nobody is inside; nobody ever will be again. */
    void shut() throws InterruptedException {
        become(State.SHUT);
    }

    private void become(State next) throws InterruptedException {
        lock.lock();
        try {
            state = next;
            changed.signalAll();
            while (state != State.OPEN && inside > 0) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean mayEnter(long at) {
        return state == State.OPEN && at - time.nanos() <= 0;
    }

    @GuardedBy("lock")
    private void await(long at) throws InterruptedException {
        if (state == State.OPEN) {
            changed.await(at - time.nanos(), TimeUnit.NANOSECONDS);
        } else {
            changed.await();
        }
    }
}
