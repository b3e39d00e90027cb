package io.crossfade.proxy.config;

import io.crossfade.proxy.settings.KeyOf;
import io.crossfade.proxy.settings.Rest;
import java.util.Map;

/**
 * A vector field of an index.
 *
 * @param space that its vectors belong to
 * @param options the driver's own settings of the field
 */
public record VectorFieldSettings(
        @KeyOf("spaces") String space, @Rest Map<String, Object> options) {
    public VectorFieldSettings {
        options = Map.copyOf(options);
    }
}
