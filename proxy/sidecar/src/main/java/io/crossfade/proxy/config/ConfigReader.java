package io.crossfade.proxy.config;

import io.crossfade.proxy.settings.InvalidSettingsException;
import io.crossfade.proxy.settings.Settings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the configuration from the text of a file: YAML, then the environment and secrets, then the records. */
final class ConfigReader {
    private final Map<String, String> environment;

    ConfigReader(Map<String, String> environment) {
        this.environment = environment;
    }

    CrossfadeConfig load(Path file) throws IOException {
        return parse(read(file));
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (CharacterCodingException e) {
            throw unreadable(file, "not UTF-8", e);
        } catch (IOException e) {
            throw unreadable(file, Files.isDirectory(file) ? "a directory" : "cannot be read: " + e, e);
        }
    }

    private static InvalidSettingsException unreadable(Path file, String problem, IOException cause) {
        InvalidSettingsException unreadable =
                new InvalidSettingsException(List.of(file + ": " + problem + " (expected: a YAML file)"));
        unreadable.initCause(cause);
        return unreadable;
    }

    CrossfadeConfig parse(String yaml) {
        List<String> violations = new ArrayList<>();
        Map<String, Object> resolved = tree(yaml, violations);
        return Settings.bind(CrossfadeConfig.class, resolved, violations);
    }

    /** What can be made of a file in spite of its violations, so that others can be looked for; empty if nothing can. */
    Optional<CrossfadeConfig> parseInSpite(Path file) throws IOException {
        return Settings.bindInSpite(CrossfadeConfig.class, tree(read(file), new ArrayList<>()));
    }

    private Map<String, Object> tree(String yaml, List<String> violations) {
        return new References(environment, violations).resolve(YamlTree.parse(yaml, violations));
    }
}
