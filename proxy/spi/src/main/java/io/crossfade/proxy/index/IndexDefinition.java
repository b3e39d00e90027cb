package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.settings.InvalidSettingsException;
import io.crossfade.proxy.settings.Settings;
import java.util.Map;

/**
 * An index as configured.
 *
 * @param name by which configuration, control store and replies know it
 * @param driver names the {@link VectorIndexProvider}
 * @param vectors the space of each vector field
 * @param text where a document's text is found
 * @param options the driver's own settings; a provider refuses names it does not know
 */
public record IndexDefinition(
        String name, String driver, Map<String, Space> vectors, TextSource text, Map<String, Object> options) {
    public IndexDefinition {
        vectors = Map.copyOf(vectors);
        options = Map.copyOf(options);
    }

    /** The definition without the values of options, which may be secrets. */
    @Override
    public String toString() {
        return "IndexDefinition[name=" + name + ", driver=" + driver + ", vectors=" + vectors + ", text=" + text
                + ", options=" + options.keySet() + "]";
    }

    /**
     * The options as a record.
     *
     * @throws InvalidSettingsException with every violation, unknown names included
     */
    public <T extends Record> T options(Class<T> type) {
        try {
            return Settings.bind(type, options);
        } catch (InvalidSettingsException e) {
            throw e.under("indexes." + name);
        }
    }

    /**
     * Checks that there are no options, for a driver that has none.
     *
     * @throws InvalidSettingsException naming those that are given
     */
    public void requireNoOptions() {
        if (!options.isEmpty()) {
            throw new InvalidSettingsException(options.keySet().stream()
                    .sorted()
                    .map(option -> "indexes." + name + "." + option + ": unknown (expected: no option for driver "
                            + driver + ")")
                    .toList());
        }
    }
}
