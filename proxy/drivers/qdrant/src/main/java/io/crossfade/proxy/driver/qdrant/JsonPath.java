package io.crossfade.proxy.driver.qdrant;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a value lies in a payload: keys of maps in maps, each between quotes unless it is made of plain characters. A key with
 * a quote or a backslash cannot be written.
 */
record JsonPath(List<String> keys) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern PART =
            Pattern.compile("\\G(?:^|\\.)(?:(?<plain>[\\p{IsAlphabetic}\\p{IsDigit}_-]+)|\"(?<quoted>[^\"\\\\]*)\")");

    JsonPath {
        keys = List.copyOf(keys);
    }

    static JsonPath of(String key) {
        return new JsonPath(List.of(key));
    }

    /** Reads a path as the engine writes it; without keys if it steps into lists, or is none. */
    static JsonPath parse(String text) {
        List<String> keys = new ArrayList<>();
        Matcher part = PART.matcher(text);
        int end = 0;
        while (part.find()) {
            keys.add(part.group("plain") == null ? part.group("quoted") : part.group("plain"));
            end = part.end();
        }
        return new JsonPath(end == text.length() ? keys : List.of());
    }

    static boolean isParsed(String text) {
        return !parse(text).keys().isEmpty();
    }

    /** Whether the engine has a way to write it. */
    boolean canBeWritten() {
        return keys.stream().noneMatch(key -> key.indexOf('"') >= 0 || key.indexOf('\\') >= 0);
    }

    @Override
    public String toString() {
        return keys.stream()
                .map(key -> PLAIN.matcher(key).matches() ? key : '"' + key + '"')
                .collect(Collectors.joining("."));
    }
}
