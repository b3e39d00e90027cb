package io.crossfade.proxy.config;

import io.crossfade.proxy.assembly.CollectionSettings;
import io.crossfade.proxy.control.StoreDefinition;
import io.crossfade.proxy.embed.EmbedderSettings;
import io.crossfade.proxy.front.listen.ListenerSettings;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.write.journal.JournalSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is configured. {@code docs/configuration.md} explains every key to users.
 *
 * @param spaces by name
 * @param indexes by name
 * @param collections by name
 * @param dataDir relative directories start here
 */
public record CrossfadeConfig(
        Map<String, SpaceSettings> spaces,
        Map<String, IndexSettings> indexes,
        Map<String, CollectionSettings> collections,
        ListenerSettings listeners,
        JournalSettings journal,
        ControlSettings control,
        @Default("/var/lib/crossfade") Path dataDir) {
    /** The form of names, which become file names, metric labels and command-line arguments. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public CrossfadeConfig {
        Check check = new Check();
        checkNames(check, "spaces", spaces);
        checkNames(check, "indexes", indexes);
        checkNames(check, "collections", collections);
        check.that(!collections.isEmpty(), "collections", "none", "at least one")
                .done();
        spaces = Map.copyOf(spaces);
        indexes = Map.copyOf(indexes);
        collections = Map.copyOf(collections);
    }

    /**
     * Reads the file, with the environment for {@code ${NAME}}.
     *
     * @throws io.crossfade.proxy.settings.InvalidSettingsException with every violation
     * @throws IOException if the file cannot be read
     */
    public static CrossfadeConfig load(Path file) throws IOException {
        return new ConfigReader(System.getenv()).load(file);
    }

    /**
     * Reads as much of the file as can be made sense of, whatever is wrong with it; empty if that is nothing. To look for
     * more that is wrong, not to be served.
     */
    public static Optional<CrossfadeConfig> loadInSpite(Path file) throws IOException {
        return new ConfigReader(System.getenv()).parseInSpite(file);
    }

    /**
     * A ready configuration for trying Crossfade out: a collection {@code documents} on the embedded index.
     *
     * @param freePorts listens on any free ports of the loopback interface
     */
    public static CrossfadeConfig embedded(Path dataDir, boolean freePorts) {
        return EmbeddedSettings.in(dataDir, freePorts);
    }

    /**
     * The space of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Space space(String name) {
        return named("spaces", name, spaces).toSpace(name);
    }

    /**
     * What embeds the texts of the space of this name; null if nothing does.
     *
     * @throws IllegalArgumentException if there is no such space
     */
    public @Nullable EmbedderSettings embedder(String space) {
        return named("spaces", space, spaces).embedder();
    }

    /**
     * The collection of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public CollectionSettings collection(String name) {
        return named("collections", name, collections);
    }

    /**
     * The index of this name. Settings of a vector field that are the driver's are found under the option
     * {@code vectors}, by field.
     *
     * @throws IllegalArgumentException if there is none
     */
    public IndexDefinition index(String name) {
        IndexSettings index = named("indexes", name, indexes);
        Map<String, Space> fields = new LinkedHashMap<>();
        Map<String, Object> fieldOptions = new LinkedHashMap<>();
        index.vectors().forEach((field, vector) -> {
            fields.put(field, space(vector.space()));
            if (!vector.options().isEmpty()) {
                fieldOptions.put(field, vector.options());
            }
        });
        Map<String, Object> options = new LinkedHashMap<>(index.options());
        if (!fieldOptions.isEmpty()) {
            options.put("vectors", fieldOptions);
        }
        return new IndexDefinition(name, index.driver(), fields, index.text().toSource(), options);
    }

    /**
     * On which threads the driver of the index of this name waits.
     *
     * @throws IllegalArgumentException if there is none
     */
    public ThreadSettings threads(String index) {
        return named("indexes", index, indexes).threads();
    }

    /** The directory of the journals. */
    public Path journalDir() {
        return dataDir.resolve(journal.dir());
    }

    /** The control store. */
    public StoreDefinition store() {
        return new StoreDefinition(control.store(), control.options());
    }

    private static <T> T named(String section, String name, Map<String, T> entries) {
        T entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(section + ": " + name + " (expected: one of "
                    + String.join(", ", entries.keySet().stream().sorted().toList()) + ")");
        }
        return entry;
    }

    private static void checkNames(Check check, String section, Map<String, ?> entries) {
        entries.keySet()
                .forEach(name -> check.that(
                        NAME.matcher(name).matches(),
                        section,
                        name.isEmpty() ? "\"\"" : name,
                        "a name of letters, digits, '.', '_' and '-', at most 64, that begins with a letter or digit"));
    }
}
