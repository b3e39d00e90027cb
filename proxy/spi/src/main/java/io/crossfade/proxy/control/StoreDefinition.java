package io.crossfade.proxy.control;

import io.crossfade.proxy.settings.InvalidSettingsException;
import io.crossfade.proxy.settings.Settings;
import java.util.List;
import java.util.Map;

/**
 * A control store as configured.
 *
 * @param store names the {@link ControlStoreProvider}
 * @param options the store's own settings; a provider refuses names it does not know
 */
public record StoreDefinition(String store, Map<String, Object> options) {
    private static final String SECTION = "control";

    public StoreDefinition {
        options = Map.copyOf(options);
    }

    /** The definition without the values of options, which may be secrets. */
    @Override
    public String toString() {
        return "StoreDefinition[store=" + store + ", options=" + options.keySet() + "]";
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
            throw e.under(SECTION);
        }
    }

    /**
     * Checks that there are no options, for a store that has none.
     *
     * @throws InvalidSettingsException naming those that are given
     */
    public void requireNoOptions() {
        List<String> unknown = options.keySet().stream()
                .sorted()
                .map(option -> SECTION + "." + option + ": unknown (expected: no option for store " + store + ")")
                .toList();
        if (!unknown.isEmpty()) {
            throw new InvalidSettingsException(unknown);
        }
    }
}
