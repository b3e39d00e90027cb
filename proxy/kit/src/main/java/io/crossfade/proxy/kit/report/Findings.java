package io.crossfade.proxy.kit.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What became of the tests of one name; written when it is closed. Guarded by itself. */
final class Findings implements AutoCloseable {
    private final Path file;
    private final Map<String, Set<Excuse>> excuses = new LinkedHashMap<>();
    private final Map<String, Set<Excuse>> passed = new TreeMap<>();
    private final Map<String, String> failed = new TreeMap<>();
    private @Nullable String serverVersion;
    private boolean isTestDouble;

    Findings(Path file) {
        this.file = file;
    }

    /** The version is asked for once. */
    synchronized void serverIs(Supplier<String> version, boolean isDouble) {
        if (serverVersion == null) {
            serverVersion = version.get();
            isTestDouble = isDouble;
        }
    }

    synchronized void excused(String test, Collection<Excuse> found) {
        excuses.put(test, new LinkedHashSet<>(found));
    }

    synchronized void passed(String test, String name) {
        passed.put(name, excuses.getOrDefault(test, Set.of()));
    }

    synchronized void failed(String name, String reason) {
        failed.put(name, reason);
    }

    @Override
    public synchronized void close() {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, json());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written", e);
        }
    }

    private String json() {
        List<String> whole = passed.entrySet().stream()
                .filter(each -> each.getValue().isEmpty())
                .map(each -> quoted(each.getKey()))
                .toList();
        List<String> excused = passed.entrySet().stream()
                .filter(each -> !each.getValue().isEmpty())
                .map(each -> excusedTest(each.getKey(), each.getValue()))
                .toList();
        List<String> broken = failed.entrySet().stream()
                .map(each -> "{\"test\": " + quoted(each.getKey()) + ", \"reason\": " + quoted(each.getValue()) + "}")
                .toList();
        return """
                {
                  "server_version": %s,
                  "test_double": %s,
                  "passed": %d,
                  "excused": %d,
                  "failed": %d,
                  "passed_tests": %s,
                  "excused_tests": %s,
                  "failed_tests": %s
                }
                """.formatted(
                        quoted(serverVersion == null ? "" : serverVersion),
                        isTestDouble,
                        whole.size(),
                        excused.size(),
                        broken.size(),
                        list(whole),
                        list(excused),
                        list(broken));
    }

    private static String excusedTest(String name, Set<Excuse> excuses) {
        return excuses.stream()
                .map(each -> "{\"trait\": " + quoted(each.trait()) + ", \"asserted\": " + quoted(each.asserted()) + "}")
                .collect(Collectors.joining(", ", "{\"test\": " + quoted(name) + ", \"excuses\": [", "]}"));
    }

    private static String list(List<String> items) {
        return items.isEmpty() ? "[]" : items.stream().collect(Collectors.joining(",\n    ", "[\n    ", "\n  ]"));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (c < ' ' || Character.isSurrogate((char) c)) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append('"').toString();
    }
}
