package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.time.Time;
import java.util.Map;
import java.util.concurrent.Executor;

/** Makes the embedders of one type; found by {@link java.util.ServiceLoader}. */
public interface EmbedderProvider {
    /** The name of the type, as written under {@code embedder.type} in the configuration. */
    String type();

    /**
     * Checks the options, and touches nothing that they name.
     *
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong, or does not fit the space
     */
    void check(Space space, Map<String, Object> options);

    /**
     * Checks the options and makes an embedder; may load a model.
     *
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong
     */
    Embedder create(Space space, Map<String, Object> options, Context context);

    /**
     * What the sidecar lends to an embedder.
     *
     * @param blocking runs work that blocks or computes for long
     */
    record Context(Executor blocking, Time time) {}
}
