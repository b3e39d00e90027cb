package io.crossfade.proxy.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Single values. A value that does not fit throws an {@link IllegalArgumentException} that says what would. */
final class Scalars {
    private Scalars() {}

    static Object parse(RecordComponent component, String text) {
        Class<?> type = component.getType();
        if (component.isAnnotationPresent(Bytes.class)) {
            return bytes(type, Quantity.bytes(text));
        } else if (type == String.class) {
            return text;
        } else if (type == Duration.class) {
            return Quantity.duration(text);
        } else if (type == Path.class) {
            return Path.of(text);
        } else if (type.isEnum()) {
            return constant(type, text);
        } else if (hasParser(type)) {
            return callParser(type, text);
        }
        return primitive(component, type, text);
    }

    /** What takes the place of an absent or wrong value. */
    static @Nullable Object standIn(RecordComponent component) {
        Default standard = component.getAnnotation(Default.class);
        if (standard != null) {
            return parse(component, standard.value());
        }
        Class<?> type = component.getType();
        if (type == Map.class) {
            return Map.of();
        } else if (type == List.class) {
            return List.of();
        } else if (type.isEnum()) {
            return type.getEnumConstants()[0];
        } else if (hasParser(type) || isFlag(type)) {
            return type == boolean.class ? false : null;
        }
        return parse(component, type == String.class || type == Path.class ? "" : "0");
    }

    /** Whether the absence of such a value means empty. */
    static boolean isContainer(Class<?> type) {
        return type == Map.class || type == List.class || (type.isRecord() && !hasParser(type));
    }

    static String expected(RecordComponent component) {
        Class<?> type = component.getType();
        if (type.isEnum()) {
            return "one of " + constants(type);
        } else if (component.isAnnotationPresent(Bytes.class)) {
            return "a size";
        } else if (type == Duration.class) {
            return "a duration";
        } else if (isFlag(type)) {
            return "true or false";
        }
        return isWhole(type) ? "a whole number" : type == double.class || type == Double.class ? "a number" : "a text";
    }

    static boolean hasParser(Class<?> type) {
        return parser(type) != null;
    }

    private static Object primitive(RecordComponent component, Class<?> type, String text) {
        try {
            if (type == int.class || type == Integer.class) {
                return Integer.valueOf(text);
            } else if (type == long.class || type == Long.class) {
                return Long.valueOf(text);
            } else if (type == double.class || type == Double.class) {
                return Double.valueOf(text);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected(component), e);
        }
        if (!isFlag(type) || !(text.equals("true") || text.equals("false"))) {
            throw new IllegalArgumentException(expected(component));
        }
        return Boolean.valueOf(text);
    }

    private static Object bytes(Class<?> type, long bytes) {
        if (type == int.class && bytes != (int) bytes) {
            throw new IllegalArgumentException("a size less than 2GiB");
        }
        return type == int.class ? (Object) (int) bytes : (Object) bytes;
    }

    private static boolean isFlag(Class<?> type) {
        return type == boolean.class || type == Boolean.class;
    }

    private static boolean isWhole(Class<?> type) {
        return type == int.class || type == long.class || type == Integer.class || type == Long.class;
    }

    private static Object constant(Class<?> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> name(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("one of " + constants(type)));
    }

    private static String constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants()).map(Scalars::name).collect(Collectors.joining(", "));
    }

    private static String name(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable Method parser(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getName().equals("parse"))
                .filter(method -> Modifier.isStatic(method.getModifiers()) && method.getReturnType() == type)
                .filter(method -> Arrays.equals(method.getParameterTypes(), new Class<?>[] {String.class}))
                .findFirst()
                .orElse(null);
    }

    private static Object callParser(Class<?> type, String text) {
        try {
            return type.getMethod("parse", String.class).invoke(null, text);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException(type + ".parse failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + ".parse cannot be called", e);
        }
    }
}
