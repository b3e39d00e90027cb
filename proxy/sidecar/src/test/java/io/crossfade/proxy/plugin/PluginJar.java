package io.crossfade.proxy.plugin;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** A jar that a test compiles, against nothing but the jars that are named. */
public final class PluginJar {
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile("(?:class|record|interface) (\\w+)");

    private final List<Path> known;
    private final List<Source> sources = new ArrayList<>();
    private final Map<String, String> resources = new LinkedHashMap<>();

    private PluginJar(List<Path> known) {
        this.known = known;
    }

    /** Knows these jars, or folders of classes, and the Java platform. */
    public static PluginJar knowing(Path... jars) {
        return new PluginJar(List.of(jars));
    }

    /** The jar, or the folder of classes, that a class of this process comes from. */
    public static Path of(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds a source; the first type in it is the public one. */
    public PluginJar with(String source) {
        sources.add(new Source(first(PACKAGE, source) + "." + first(TYPE, source), source));
        return this;
    }

    /** Adds the sources of a folder. */
    public PluginJar withAllOf(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                with(Files.readString(file));
            }
        }
        return this;
    }

    /** Adds a resource. */
    public PluginJar holding(String name, String text) {
        resources.put(name, text);
        return this;
    }

    /** Adds a provider of a service. */
    public PluginJar providing(Class<?> service, String provider) {
        resources.merge("META-INF/services/" + service.getName(), provider + "\n", String::concat);
        return this;
    }

    /** Compiles it, and puts it there; folders are made. */
    public Path to(Path jar) throws IOException {
        Path classes = Files.createTempDirectory("classes");
        try (Stream<Path> compiled = Files.walk(compileTo(classes))) {
            for (Path file : compiled.filter(Files::isRegularFile).toList()) {
                resources.put(classes.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        } finally {
            delete(classes);
        }
        Files.createDirectories(jar.getParent());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, String> entry : resources.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return jar;
    }

    private Path compileTo(Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter printed = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, known);
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            List<String> options = List.of("-proc:none", "-parameters", "--release", "17");
            if (!sources.isEmpty()
                    && !compiler.getTask(printed, files, null, options, null, sources)
                            .call()) {
                throw new IOException(printed.toString());
            }
        }
        return classes;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.sorted((left, right) -> right.compareTo(left)).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String first(Pattern pattern, String source) {
        Matcher matcher = pattern.matcher(source);
        if (!matcher.find()) {
            throw new IllegalArgumentException("source without " + pattern);
        }
        return matcher.group(1);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String type, String text) {
            super(URI.create("memory:///" + type.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
