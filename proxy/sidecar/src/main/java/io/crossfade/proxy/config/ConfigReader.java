package io.crossfade.proxy.config;

import io.crossfade.proxy.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the configuration from the text of a file: YAML, then the environment and secrets, then the records. */
final class ConfigReader {
    private final Map<String, String> environment;

    ConfigReader(Map<String, String> environment) {
        this.environment = environment;
    }

    CrossfadeConfig load(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    CrossfadeConfig parse(String yaml) {
        List<String> violations = new ArrayList<>();
        Map<String, Object> tree = YamlTree.parse(yaml, violations);
        Map<String, Object> resolved = new References(environment, violations).resolve(tree);
        return Settings.bind(CrossfadeConfig.class, resolved, violations);
    }
}
