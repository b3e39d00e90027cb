package io.crossfade.proxy.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts in what a configuration refers to: <code>${NAME}</code> or <code>${NAME:-default}</code> in a text becomes the
 * environment's value, and {@code api_key_file: PATH} becomes {@code api_key} with the content of the file. So it is
 * for every key that ends in api_key_file, password_file, token_file or secret_file.
 */
final class References {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");
    private static final Pattern SECRET_FILE = Pattern.compile("(.*(?:api_key|password|token|secret))_file");

    private final Map<String, String> environment;
    private final List<String> violations;

    References(Map<String, String> environment, List<String> violations) {
        this.environment = environment;
        this.violations = violations;
    }

    Map<String, Object> resolve(Map<String, Object> tree) {
        return map("", tree);
    }

    private Map<String, Object> map(String path, Map<?, ?> values) {
        Map<String, Object> resolved = new LinkedHashMap<>();
        values.forEach((key, value) -> put(resolved, path, String.valueOf(key), value));
        return resolved;
    }

    private void put(Map<String, Object> resolved, String path, String key, @Nullable Object value) {
        String keyPath = path.isEmpty() ? key : path + "." + key;
        Object known = value(keyPath, value);
        Matcher secret = SECRET_FILE.matcher(key);
        if (!secret.matches() || !(known instanceof String file)) {
            resolved.put(key, known);
        } else if (resolved.put(secret.group(1), read(keyPath, file)) != null) {
            violations.add(keyPath + ": beside " + secret.group(1) + " (expected: one of the two)");
        }
    }

    private @Nullable Object value(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map(path, map);
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> resolved = new ArrayList<>();
            list.forEach(item -> resolved.add(value(path + "[" + resolved.size() + "]", item)));
            return resolved;
        }
        return value instanceof String text ? text(path, text) : value;
    }

    private String text(String path, String text) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            String standard = match.group(2);
            String value = environment.getOrDefault(match.group(1), standard);
            if (value == null) {
                violations.add(path + ": ${" + match.group(1) + "} (expected: a variable of the environment)");
                return "";
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private String read(String path, String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException | RuntimeException e) {
            violations.add(path + ": " + file + " (expected: a readable text file)");
            return "";
        }
    }
}
