package io.crossfade.proxy.embed;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Rest;
import java.util.Map;

/**
 * What embeds the texts of a space.
 *
 * @param type names the provider
 * @param options the provider's own settings; may hold secrets
 */
public record EmbedderSettings(String type, @Rest Map<String, Object> options) {
    public EmbedderSettings {
        new Check().notEmpty("type", type).done();
        options = Map.copyOf(options);
    }

    @Override
    public String toString() {
        return "EmbedderConfig[type=" + type + ", options=" + options.keySet() + "]";
    }
}
