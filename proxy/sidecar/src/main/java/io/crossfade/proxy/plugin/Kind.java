package io.crossfade.proxy.plugin;

import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A kind of thing that a plugin may bring.
 *
 * @param key names it in messages, as a user writes it
 * @param name what a provider calls itself
 * @param behind a provider behind the boundary of its plugin
 */
record Kind<P>(Class<P> provider, String key, Function<P, String> name, BiFunction<P, Boundary, P> behind) {
    static final Kind<VectorIndexProvider> DRIVER =
            new Kind<>(VectorIndexProvider.class, "driver", VectorIndexProvider::driver, PluginIndexProvider::new);
    static final Kind<ControlStoreProvider> STORE = new Kind<>(
            ControlStoreProvider.class, "control.store", ControlStoreProvider::store, PluginStoreProvider::new);
}
