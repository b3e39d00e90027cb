package io.crossfade.proxy.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a YAML document as plain maps, lists, texts, numbers and booleans. Read token by token, because a data binder
 * would stop at the first key that appears twice, and would take an alias for a text.
 */
final class YamlTree {
    private static final YAMLFactory YAML = new YAMLFactory();
    private static final Pattern PLACE = Pattern.compile("^ in .*, line (\\d+), column", Pattern.MULTILINE);

    private final YAMLParser parser;
    private final List<String> violations;

    private YamlTree(YAMLParser parser, List<String> violations) {
        this.parser = parser;
        this.violations = violations;
    }

    /**
     * Parses a document; adds keys that appear twice, and aliases, to the violations.
     *
     * @throws InvalidSettingsException if the text is not a YAML map at all
     */
    static Map<String, Object> parse(String yaml, List<String> violations) {
        try (YAMLParser parser = YAML.createParser(yaml)) {
            YamlTree tree = new YamlTree(parser, violations);
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                throw invalid("configuration: " + (first == null ? "empty" : "not a map") + " (expected: a YAML map)");
            }
            Map<String, Object> map = tree.map("");
            if (parser.nextToken() != null) {
                throw invalid("configuration: more than one YAML document (expected: one)");
            }
            return map;
        } catch (JsonProcessingException e) {
            throw invalid("configuration: not YAML: " + problem(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What the parser stumbled over, and where. Its message is what it was doing, then what it found, each perhaps with a
     * place and a piece of the text, which are indented; the location that it gives beside is where it had been before.
     */
    private static String problem(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        String found = message.lines()
                .filter(line -> !line.startsWith(" "))
                .reduce((doing, what) -> what)
                .orElse("");
        String line = PLACE.matcher(message)
                .results()
                .map(place -> place.group(1))
                .reduce((doing, what) -> what)
                .orElse(String.valueOf(e.getLocation().getLineNr()));
        return found.contains("(TAB)") ? "a tab in line " + line + " (expected: spaces)" : found + ", line " + line;
    }

    private static InvalidSettingsException invalid(String violation) {
        return new InvalidSettingsException(List.of(violation));
    }

    private Map<String, Object> map(String path) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            if (map.containsKey(key)) {
                violations.add(keyPath + ": twice, again in line "
                        + parser.currentTokenLocation().getLineNr() + " (expected: once)");
            }
            parser.nextToken();
            map.put(key, value(keyPath));
        }
        return map;
    }

    private List<@Nullable Object> list(String path) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(path + "[" + list.size() + "]"));
        }
        return list;
    }

    private @Nullable Object value(String path) throws IOException {
        if (parser.isCurrentAlias()) {
            violations.add(path + ": *" + parser.getText() + " (expected: a value, aliases are not supported)");
            return null;
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> map(path);
            case START_ARRAY -> list(path);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }
}
