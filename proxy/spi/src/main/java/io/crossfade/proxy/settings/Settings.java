package io.crossfade.proxy.settings;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Makes records of maps. A component {@code ackWait} is read from the key {@code ack_wait}; unless it is a record, a
 * list, a map, {@code @Nullable} or has a {@link Default}, it is required. Unknown keys are refused. What a value must
 * be beyond its type is checked by the record's constructor, with {@link Check}.
 *
 * <p>Components may be text, numbers, booleans, durations, paths, enums, nested records, lists of texts, maps of
 * records or plain values, and classes with a public static {@code parse(String)} that throws an
 * {@link IllegalArgumentException} whose message says what it takes.
 */
public final class Settings {
    private Settings() {}

    /**
     * Reads a record.
     *
     * @param values maps, lists, texts, numbers and booleans
     * @throws InvalidSettingsException with every violation
     */
    public static <T extends Record> T bind(Class<T> type, Map<String, ?> values) {
        return bind(type, values, List.of());
    }

    /**
     * Reads a record, and reports its violations after those that were found before.
     *
     * @throws InvalidSettingsException if there is a violation of either kind
     */
    public static <T extends Record> T bind(Class<T> type, Map<String, ?> values, List<String> foundBefore) {
        List<String> violations = new ArrayList<>(foundBefore);
        T bound = new Binder(values, violations).record(type, "", values);
        if (bound == null || !violations.isEmpty()) {
            throw new InvalidSettingsException(violations);
        }
        return bound;
    }

    /**
     * Reads a record whatever is wrong with it: where a value is wrong a stand-in takes its place. For those who look for
     * more that is wrong.
     */
    public static <T extends Record> Optional<T> bindInSpite(Class<T> type, Map<String, ?> values) {
        return Optional.ofNullable(new Binder(values, new ArrayList<>()).record(type, "", values));
    }

    /** The key that a component is read from. */
    public static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
