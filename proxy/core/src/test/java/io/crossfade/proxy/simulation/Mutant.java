package io.crossfade.proxy.simulation;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A seeded bug: one source file of the product with one place changed.
 *
 * @param says what goes wrong
 * @param file below {@code io/crossfade/proxy}
 * @param find stands exactly once in the file, however it is broken into lines
 * @param seed the first that caught it when it was searched for: tried before all others; 0 if so few do that the next change
 *     of the simulated world may leave none
 * @param test {@code Class#method} of a unit test that fails with it; null where seeds are enough
 */
record Mutant(
        String name,
        String rule,
        String says,
        String file,
        String find,
        String replace,
        long seed,
        @Nullable String test) {
    /** Where the modules are, seen from the one that is tested. */
    private static final Path MODULES = Path.of("..");

    static List<Mutant> all() throws IOException {
        try (InputStream list = Mutant.class.getResourceAsStream("mutants.yaml")) {
            return new YAMLMapper().readValue(list, new TypeReference<List<Mutant>>() {});
        }
    }

    /** The changed source. */
    String source() throws IOException {
        String original = Files.readString(original());
        Matcher places = Pattern.compile(
                        find.lines().map(String::strip).map(Pattern::quote).collect(Collectors.joining("\\s+")))
                .matcher(original);
        if (places.results().count() != 1) {
            throw new IllegalStateException(name + ": find: not in " + file + " exactly once: " + find);
        }
        return places.replaceFirst(Matcher.quoteReplacement(replace));
    }

    private Path original() throws IOException {
        try (Stream<Path> modules = Files.list(MODULES)) {
            return modules.map(module ->
                            module.resolve("src/main/java/io/crossfade/proxy").resolve(file))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException(name + ": file: " + file + " (expected: in a module)"));
        }
    }

    /** Compiles the changed file into a directory, to be put before the product's classes. */
    void compile(Path sources, Path classes) throws IOException {
        Path changed = sources.resolve(original().getFileName());
        Files.writeString(changed, source());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int result = compiler.run(
                null,
                null,
                null,
                "-proc:none",
                "-nowarn",
                "-Xlint:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                changed.toString());
        if (result != 0) {
            throw new IllegalStateException(name + ": does not compile");
        }
    }
}
