package io.crossfade.proxy.config;

import io.crossfade.proxy.migration.state.RecordSettings;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.settings.Rest;
import java.util.Map;

/**
 * Settings of where routes and steps are kept.
 *
 * @param store names the kind of control store
 * @param bootstrap accept an empty store although an index bears a later epoch
 * @param records how they are changed and followed
 * @param options the store's own settings; may hold secrets
 */
public record ControlSettings(
        @Default("file") String store,
        @Default("false") boolean bootstrap,
        RecordSettings records,
        @Rest Map<String, Object> options) {
    public ControlSettings {
        new Check().notEmpty("store", store).done();
        options = Map.copyOf(options);
    }

    @Override
    public String toString() {
        return "ControlSettings[store=" + store + ", bootstrap=" + bootstrap + ", records=" + records + ", options="
                + options.keySet() + "]";
    }
}
