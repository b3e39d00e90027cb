package io.crossfade.proxy.control;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The listeners of a store that lives in this process. */
public final class Watchers {
    private final Map<String, List<Consumer<ControlStore.Versioned>>> byName = new ConcurrentHashMap<>();

    public ControlStore.Watch add(String name, Consumer<ControlStore.Versioned> listener) {
        List<Consumer<ControlStore.Versioned>> listeners =
                byName.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>());
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    public void tell(String name, ControlStore.Versioned state) {
        byName.getOrDefault(name, List.of()).forEach(listener -> listener.accept(state));
    }
}
