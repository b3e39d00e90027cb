package io.crossfade.proxy.config;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Rest;
import java.util.Map;

/**
 * An entry of {@code indexes}.
 *
 * @param driver names the driver
 * @param vectors by field; "" is the default field
 * @param threads on which the driver waits for the engine
 * @param options the driver's own settings; may hold secrets
 */
public record IndexSettings(
        String driver,
        Map<String, VectorFieldSettings> vectors,
        TextSettings text,
        ThreadSettings threads,
        @Rest Map<String, Object> options) {
    public IndexSettings {
        new Check()
                .notEmpty("driver", driver)
                .that(!vectors.isEmpty(), "vectors", "none", "at least one vector field, such as {\"\": {space: NAME}}")
                .done();
        vectors = Map.copyOf(vectors);
        options = Map.copyOf(options);
    }

    @Override
    public String toString() {
        return "IndexSettings[driver=" + driver + ", vectors=" + vectors + ", text=" + text + ", threads=" + threads
                + ", options=" + options.keySet() + "]";
    }
}
