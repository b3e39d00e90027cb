package io.crossfade.proxy.demo.app;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A bag from which one is picked at random. Owned by one thread. */
final class Shelf<T> {
    private final List<T> items = new ArrayList<>();

    void add(T item) {
        items.add(item);
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** One of them; it stays. */
    T pick(RandomGenerator random) {
        return items.get(random.nextInt(items.size()));
    }

    /** Takes one of them away. */
    T take(RandomGenerator random) {
        int at = random.nextInt(items.size());
        T taken = items.get(at);
        T last = items.remove(items.size() - 1);
        if (at < items.size()) {
            items.set(at, last);
        }
        return taken;
    }
}
