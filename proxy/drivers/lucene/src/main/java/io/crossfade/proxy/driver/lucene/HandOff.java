package io.crossfade.proxy.driver.lucene;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A queue to one thread, which takes many at a time and can be woken and told to end. Bounded and lossless. */
final class HandOff<T> {
    private final int capacity;

    @GuardedBy("this")
    private final ArrayDeque<T> queue = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean woken;

    @GuardedBy("this")
    private boolean ended;

    HandOff(int capacity) {
        this.capacity = capacity;
    }

    /** Adds one; false if the queue is full or has ended. */
    synchronized boolean offer(T each) {
        if (ended || queue.size() >= capacity) {
            return false;
        }
        queue.add(each);
        notifyAll();
        return true;
    }

    /** Waits until there is room, or the end has come. */
    synchronized void awaitRoom() throws InterruptedException {
        while (queue.size() >= capacity && !ended) {
            wait();
        }
    }

    /** Adds all, even beyond the capacity: what is here cannot be refused any more. */
    synchronized void addAll(Collection<T> all) {
        queue.addAll(all);
        notifyAll();
    }

    /** Takes the next ones, in order; none if woken or ended before there was one. */
    synchronized List<T> take(int most) throws InterruptedException {
        while (queue.isEmpty() && !woken && !ended) {
            wait();
        }
        woken = false;
        List<T> taken = new ArrayList<>();
        while (taken.size() < most && !queue.isEmpty()) {
            taken.add(queue.remove());
        }
        notifyAll();
        return taken;
    }

    synchronized int size() {
        return queue.size();
    }

    /** Makes the taker look up. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** Refuses what comes. Nobody waits any more. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized boolean isEnded() {
        return ended;
    }
}
