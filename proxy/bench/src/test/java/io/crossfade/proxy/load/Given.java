package io.crossfade.proxy.load;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a benchmark is given on its command line: {@code name=value}. */
record Given(Map<String, String> values) {
    static Given parse(String[] arguments) {
        return new Given(Stream.of(arguments)
                .map(argument -> argument.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], Given::value)));
    }

    private static String value(String[] parts) {
        if (parts.length < 2) {
            throw new IllegalArgumentException(parts[0] + ": no value (expected: " + parts[0] + "=VALUE)");
        }
        return parts[1];
    }

    int number(String name, int otherwise) {
        return as(Integer::parseInt, name, otherwise);
    }

    String text(String name, String otherwise) {
        return as(Function.identity(), name, otherwise);
    }

    /** Separated by commas; empty if not given. */
    List<String> list(String name) {
        return as(value -> List.of(value.split(",", -1)), name, List.of());
    }

    private <T> T as(Function<String, T> read, String name, T otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : read.apply(value);
    }
}
