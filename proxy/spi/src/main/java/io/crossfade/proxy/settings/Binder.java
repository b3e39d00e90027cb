package io.crossfade.proxy.settings;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads one tree of settings and collects all that is wrong with it. Where a value is wrong a stand-in (its default, or
 * zero) takes its place, so that the checks of the record's other values are still made. Not thread-safe.
 */
final class Binder {
    private final Map<String, ?> root;
    private final List<String> violations;

    Binder(Map<String, ?> root, List<String> violations) {
        this.root = root;
        this.violations = violations;
    }

    /** Makes a record; null if it cannot be made, and then there is a violation. */
    <T extends Record> @Nullable T record(Class<T> type, String path, Map<?, ?> values) {
        refuseUnknownKeys(type, path, values);
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] arguments = new @Nullable Object[components.length];
        Set<String> wrong = new HashSet<>();
        boolean complete = true;
        for (int i = 0; i < components.length; i++) {
            int before = violations.size();
            arguments[i] = component(components[i], type, path, values);
            if (violations.size() > before) {
                wrong.add(Settings.key(components[i]));
            }
            complete &= arguments[i] != null || isNullable(components[i]);
        }
        return complete ? construct(type, path, arguments, wrong) : null;
    }

    private @Nullable Object component(RecordComponent component, Class<?> owner, String path, Map<?, ?> values) {
        if (component.isAnnotationPresent(Rest.class)) {
            Map<Object, Object> rest = new LinkedHashMap<>(values);
            rest.keySet().removeAll(keys(owner));
            rest.values().removeIf(value -> value == null);
            return rest;
        }
        String key = Settings.key(component);
        Object value = values.get(key);
        return value == null ? absent(component, join(path, key)) : present(component, join(path, key), value);
    }

    private @Nullable Object absent(RecordComponent component, String path) {
        if (isNullable(component)) {
            return null;
        }
        if (component.isAnnotationPresent(Default.class) || Scalars.isContainer(component.getType())) {
            return standIn(component);
        }
        violations.add(path + ": missing (expected: " + Scalars.expected(component) + ")");
        return standIn(component);
    }

    private @Nullable Object present(RecordComponent component, String path, Object value) {
        Class<?> type = component.getType();
        if (type.isRecord() && !Scalars.hasParser(type)) {
            return value instanceof Map<?, ?> map
                    ? nested(component, type.asSubclass(Record.class), path, map)
                    : wrong(component, path, value, "a map");
        } else if (type == Map.class) {
            return value instanceof Map<?, ?> map
                    ? entries(component, path, map)
                    : wrong(component, path, value, "a map");
        } else if (type == List.class) {
            return value instanceof List<?> list && list.stream().noneMatch(Binder::isContainer)
                    ? list.stream().map(String::valueOf).toList()
                    : wrong(component, path, value, "a list of texts");
        }
        return scalar(component, path, value);
    }

    private @Nullable Object nested(
            RecordComponent component, Class<? extends Record> type, String path, Map<?, ?> values) {
        Object record = record(type, path, values);
        return record == null && !isNullable(component) ? standIn(component) : record;
    }

    private @Nullable Object scalar(RecordComponent component, String path, Object value) {
        if (isContainer(value)) {
            return wrong(component, path, value, Scalars.expected(component));
        }
        KeyOf keyOf = component.getAnnotation(KeyOf.class);
        if (keyOf != null && !namesIn(keyOf.value()).contains(value.toString())) {
            String names = String.join(", ", namesIn(keyOf.value()));
            return wrong(component, path, value, names.isEmpty() ? "a key of " + keyOf.value() : "one of " + names);
        }
        try {
            return Scalars.parse(component, value.toString());
        } catch (IllegalArgumentException e) {
            return wrong(component, path, value, String.valueOf(e.getMessage()));
        }
    }

    private Map<String, Object> entries(RecordComponent component, String path, Map<?, ?> values) {
        Map<String, Object> bound = new LinkedHashMap<>();
        Type type = ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[1];
        values.forEach((key, value) -> {
            Object entry = type == Object.class ? value : entry((Class<?>) type, join(path, key.toString()), value);
            if (entry != null) {
                bound.put(key.toString(), entry);
            }
        });
        return bound;
    }

    private @Nullable Object entry(Class<?> type, String path, @Nullable Object value) {
        if (value == null || value instanceof Map<?, ?>) {
            return record(type.asSubclass(Record.class), path, value == null ? Map.of() : (Map<?, ?>) value);
        }
        violations.add(Check.violation(path, value, "a map"));
        return null;
    }

    private @Nullable Object wrong(RecordComponent component, String path, Object value, String expected) {
        violations.add(Check.violation(path, value instanceof Map ? "a map" : value, expected));
        return isNullable(component) ? null : standIn(component);
    }

    private @Nullable Object standIn(RecordComponent component) {
        Class<?> type = component.getType();
        if (type.isRecord() && !Scalars.hasParser(type)) {
            return new Binder(root, new ArrayList<>()).record(type.asSubclass(Record.class), "", Map.of());
        }
        return Scalars.standIn(component);
    }

    private <T extends Record> @Nullable T construct(
            Class<T> type, String path, @Nullable Object[] arguments, Set<String> wrong) {
        try {
            return canonicalConstructor(type).newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof InvalidSettingsException invalid)) {
                throw new IllegalStateException(type + " failed to check its values", e.getCause());
            }
            invalid.violations().stream()
                    .filter(violation -> !wrong.contains(violation.split("[.:\\[]", 2)[0]))
                    .forEach(violation -> violations.add(join(path, violation)));
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    private static <T extends Record> Constructor<T> canonicalConstructor(Class<T> type) throws NoSuchMethodException {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<T> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor;
    }

    private void refuseUnknownKeys(Class<?> type, String path, Map<?, ?> values) {
        if (Arrays.stream(type.getRecordComponents()).anyMatch(each -> each.isAnnotationPresent(Rest.class))) {
            return;
        }
        Set<String> known = keys(type);
        values.keySet().stream()
                .map(String::valueOf)
                .filter(key -> !known.contains(key))
                .forEach(key -> violations.add(
                        join(path, key) + ": unknown (expected: one of " + String.join(", ", known) + ")"));
    }

    private static Set<String> keys(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .filter(component -> !component.isAnnotationPresent(Rest.class))
                .map(Settings::key)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> namesIn(String map) {
        return root.get(map) instanceof Map<?, ?> entries
                ? entries.keySet().stream().map(String::valueOf).collect(Collectors.toCollection(TreeSet::new))
                : Set.of();
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static boolean isContainer(Object value) {
        return value instanceof Map || value instanceof List;
    }

    private static String join(String path, String key) {
        String shown = key.isEmpty() ? "\"\"" : key;
        return path.isEmpty() ? shown : path + "." + shown;
    }
}
