package io.crossfade.proxy.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.StoreDefinition;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.TextSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PluginsTest {
    private static final Path SPI = PluginJar.of(VectorIndexProvider.class);

    /** A driver NAME whose index answers {@code attributes}, with what ATTRIBUTES says, and nothing else. */
    private static final String DRIVER = """
            package made.NAME;
            import io.crossfade.proxy.index.*;
            import java.util.*;
            import java.util.concurrent.*;
            public final class Driver implements VectorIndexProvider {
                private static String context() { return Thread.currentThread().getContextClassLoader().getName(); }
                private static boolean sees(String type) {
                    try {
                        return Class.forName(type) != null;
                    } catch (ClassNotFoundException e) {
                        return false;
                    }
                }
                public String driver() { return "NAME"; }
                public void check(IndexDefinition definition) { CHECK }
                public String place(IndexDefinition definition, java.nio.file.Path directory) { return definition.name(); }
                public VectorIndex create(IndexDefinition definition, Context lent) {
                    return (VectorIndex) java.lang.reflect.Proxy.newProxyInstance(
                            Driver.class.getClassLoader(), new Class<?>[] {VectorIndex.class}, (self, method, arguments) -> {
                        Map<String, String> seen = new ConcurrentHashMap<>();
                        ATTRIBUTES
                        return CompletableFuture.completedFuture(seen);
                    });
                }
            }
            """;

    private static final String LIBRARY = """
            package made.library;
            public final class Library { public static String version() { return "VERSION"; } }
            """;

    @TempDir
    private Path home;

    private final FakeTime time = new FakeTime();
    private final List<Runnable> lent = new ArrayList<>();
    private Plugins plugins;

    @BeforeEach
    void open() {
        plugins = Plugins.in(home);
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    private static PluginJar driver(String name, String attributes, String check, Path... libraries) {
        Path[] known = new Path[libraries.length + 1];
        known[0] = SPI;
        System.arraycopy(libraries, 0, known, 1, libraries.length);
        return PluginJar.knowing(known)
                .with(DRIVER.replace("NAME", name)
                        .replace("ATTRIBUTES", attributes)
                        .replace("CHECK", check))
                .providing(VectorIndexProvider.class, "made." + name + ".Driver");
    }

    private static PluginJar driver(String name) {
        return driver(name, "", "");
    }

    private Map<String, String> attributes(String driver) {
        return index(driver).attributes(Duration.ZERO).join();
    }

    private VectorIndex index(String driver) {
        return plugins.driver(driver)
                .create(
                        new IndexDefinition("things", driver, Map.of(), TextSource.OWN, Map.of()),
                        new VectorIndexProvider.Context(home, lent::add, time));
    }

    @Test
    void driverInTheJar_isFound_whateverLiesInTheFolders() throws IOException {
        Files.writeString(home.resolve("broken.jar"), "no jar");

        assertThat(plugins.driver("lucene").getClass().getClassLoader())
                .isSameAs(getClass().getClassLoader());
    }

    @Test
    void unknown_listsTheKnownOnesAndWhereTheyComeFrom() throws IOException {
        driver("one").to(home.resolve("a/one.jar"));
        driver("two").to(home.resolve("b/two.jar"));

        assertThatThrownBy(() -> plugins.driver("three"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("driver: three (expected: one of blocking, crossfade, lucene, ")
                .hasMessageEndingWith(
                        " in the jar; one in " + home.resolve("a") + "; two in " + home.resolve("b") + ")");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a/cut.jar      | a/cut.jar: zip END header not found (expected: a jar that can be read)
            a/note.txt     | a: no jars (expected: at least one)
            beside.jar     | beside.jar: beside the folders (expected: in a folder of its own)
            """)
    void brokenFolder_isToldOfWhereSomethingIsMissing_andKeepsNoneFromBeingUsed(String file, String problem)
            throws IOException {
        Files.createDirectories(home.resolve(file).getParent());
        Files.writeString(home.resolve(file), "no jar");
        Files.createDirectories(home.resolve("..2026_11_28"));
        driver("one").to(home.resolve("b/one.jar"));

        assertThat(plugins.driver("one").driver()).isEqualTo("one");
        assertThatThrownBy(() -> plugins.driver("two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("one in " + home.resolve("b") + "); " + home + "/" + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            made.two.Missing  | Provider made.two.Missing not found (expected: providers that this sidecar can load)
            made.two.Throwing | Provider made.two.Throwing could not be instantiated: java.lang.IllegalStateException: no (expected: prov
            made.two.Needy    | java.lang.NoClassDefFoundError: made/library/Library (expected: all classes that it needs, made for this
            made.two.Nameless | java.lang.NullPointerException: name of a provider (expected: providers that this sidecar can load)
            """)
    void providerThatCannotBeLoaded_isToldOfWhereItIsMissing(String provider, String reason) throws IOException {
        driver("one").to(home.resolve("b/one.jar"));
        Path library = PluginJar.knowing().with(LIBRARY).to(home.resolve(".apart/library.jar"));
        String pattern = "package made.two; public final class %s extends made.two.Base { public %s }";
        PluginJar.knowing(SPI, library)
                .with(
                        "package made.two; import io.crossfade.proxy.index.*; public class Base implements VectorIndexProvider {"
                                + " public String driver() { return null; } public void check(IndexDefinition definition) {}"
                                + " public String place(IndexDefinition definition, java.nio.file.Path directory) { return null; }"
                                + " public VectorIndex create(IndexDefinition definition, Context context) { return null; } }")
                .with(pattern.formatted("Throwing", "Throwing() { throw new IllegalStateException(\"no\"); }"))
                .with(pattern.formatted("Needy", "String driver() { return made.library.Library.version(); }"))
                .with(pattern.formatted("Nameless", "Nameless() {}"))
                .providing(VectorIndexProvider.class, provider)
                .to(home.resolve("a/two.jar"));

        assertThat(plugins.driver("one").driver()).isEqualTo("one");
        assertThatThrownBy(() -> plugins.driver("two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("; " + home.resolve("a") + ": ")
                .hasMessageContaining(reason);
    }

    @Test
    void twoOfOneName_areRefused_andOthersAreNot() throws IOException {
        driver("one").to(home.resolve("a/one.jar"));
        driver("one").to(home.resolve("b/one.jar"));
        driver("two").to(home.resolve("c/two.jar"));

        assertThat(plugins.driver("two").driver()).isEqualTo("two");
        assertThatThrownBy(() -> plugins.driver("one"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("driver: one: in " + home.resolve("a") + " and in " + home.resolve("b")
                        + " (expected: in one folder only)");
    }

    @Test
    void homeThatIsMissing_isToldOfWhereSomethingIsMissing() {
        try (Plugins nowhere = Plugins.in(home.resolve("nowhere"))) {
            assertThat(nowhere.driver("lucene").driver()).isEqualTo("lucene");
            assertThatThrownBy(() -> nowhere.driver("one"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("; " + home.resolve("nowhere")
                            + ": not there (expected: a directory with a folder for each driver)");
        }
    }

    @Test
    void twoVersionsOfALibrary_workAtOnce() throws IOException {
        for (String version : List.of("one", "two")) {
            Path library = PluginJar.knowing()
                    .with(LIBRARY.replace("VERSION", version))
                    .to(home.resolve(version + "/library.jar"));
            driver(version, "seen.put(\"version\", made.library.Library.version());", "", library)
                    .to(home.resolve(version + "/driver.jar"));
        }

        assertThat(attributes("one")).containsEntry("version", "one");
        assertThat(attributes("two")).containsEntry("version", "two");
    }

    @Test
    void librariesOfTheSidecar_areNotSeen_theInterfacesAre() throws IOException {
        List<String> hidden = List.of(
                "io.grpc.Metadata",
                "io.grpc.netty.shaded.io.netty.channel.Channel",
                "com.google.protobuf.Message",
                "com.fasterxml.jackson.core.JsonFactory",
                "org.apache.lucene.index.IndexWriter",
                "ch.qos.logback.classic.Logger",
                "io.crossfade.proxy.route.Route",
                "io.crossfade.proxy.plugin.Plugins");
        List<String> seen = List.of(
                "io.crossfade.proxy.index.VectorIndex",
                "io.crossfade.proxy.control.ControlStore",
                "io.crossfade.proxy.settings.Settings",
                "io.crossfade.proxy.model.Key",
                "io.crossfade.proxy.time.Time",
                "org.jspecify.annotations.Nullable",
                "org.slf4j.LoggerFactory",
                "org.slf4j.spi.LoggingEventBuilder",
                "java.sql.Driver",
                "javax.sql.DataSource",
                "com.sun.net.httpserver.HttpServer");
        driver("one", lines(hidden) + lines(seen), "").to(home.resolve("one/driver.jar"));

        assertThat(hidden)
                .allSatisfy(type ->
                        assertThat(getClass().getClassLoader().loadClass(type)).isNotNull());
        Map<String, String> found = attributes("one");
        assertThat(hidden).allSatisfy(type -> assertThat(found).containsEntry(type, "false"));
        assertThat(seen).allSatisfy(type -> assertThat(found).containsEntry(type, "true"));
    }

    private static String lines(List<String> types) {
        StringBuilder lines = new StringBuilder();
        types.forEach(type -> lines.append("seen.put(\"%s\", \"\" + sees(\"%s\"));".formatted(type, type)));
        return lines.toString();
    }

    @Test
    void servicesOfTheSidecar_areNotSeen() throws IOException {
        driver(
                        "one",
                        "ServiceLoader.load(VectorIndexProvider.class).forEach(each -> seen.put(each.driver(), \"\"));"
                                + "Driver.class.getClassLoader().getResources(\"META-INF/MANIFEST.MF\")"
                                + ".asIterator().forEachRemaining(each -> seen.put(\"\" + each, \"\"));",
                        "")
                .to(home.resolve("one/driver.jar"));

        assertThat(attributes("one")).containsOnlyKeys("one");
    }

    @Test
    void insideADriver_itsOwnClassLoaderIsTheThreadsContext_outsideTheSidecarsIs() throws IOException {
        driver(
                        "one",
                        "lent.blocking().execute(() -> seen.put(\"blocking\", context()));"
                                + "lent.time().after(java.time.Duration.ZERO, () -> seen.put(\"timer\", context()));"
                                + "Thread own = new Thread(() -> seen.put(\"own\", context())); own.start(); own.join();"
                                + "seen.put(method.getName(), context());",
                        "if (!context().equals(\"one\")) { throw new IllegalArgumentException(context()); }")
                .to(home.resolve("one/driver.jar"));
        VectorIndex index = index("one");
        plugins.driver("one").check(new IndexDefinition("things", "one", Map.of(), TextSource.OWN, Map.of()));

        Map<String, String> seen = index.attributes(Duration.ZERO).join();
        lent.forEach(Runnable::run);
        time.advance(Duration.ofMillis(1));

        assertThat(seen)
                .containsOnlyKeys("attributes", "blocking", "timer", "own")
                .allSatisfy((where, context) -> assertThat(context).isEqualTo("one"));
        assertThat(Thread.currentThread().getContextClassLoader())
                .isSameAs(getClass().getClassLoader());
    }

    @Test
    void answerOnAThreadOfTheDriver_isDealtWithInTheSidecarsContext() throws Exception {
        driver(
                        "one",
                        "CompletableFuture<Map<String, String>> later = new CompletableFuture<>();"
                                + "lent.blocking().execute(() -> later.complete(seen)); if (true) { return later; }",
                        "")
                .to(home.resolve("one/driver.jar"));
        @Nullable ClassLoader[] context = new @Nullable ClassLoader[1];
        var answered = index("one")
                .attributes(Duration.ZERO)
                .thenAccept(seen -> context[0] = Thread.currentThread().getContextClassLoader());

        lent.forEach(Runnable::run);

        assertThat(answered).isCompleted();
        assertThat(context[0]).isSameAs(getClass().getClassLoader());
    }

    @Test
    void classThatIsMissingLater_isAFailureLikeOthers() throws IOException {
        Path library = PluginJar.knowing().with(LIBRARY).to(home.resolve(".apart/library.jar"));
        String use = "made.library.Library.version();";
        driver("one", use, use, library).to(home.resolve("one/driver.jar"));
        IndexDefinition definition = new IndexDefinition("things", "one", Map.of(), TextSource.OWN, Map.of());

        assertThatThrownBy(() -> plugins.driver("one").check(definition))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(home.resolve("one") + ": java.lang.NoClassDefFoundError: made/library/Library")
                .hasMessageContaining("(expected: ");
        assertThat(index("one").open())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("IndexException: " + home.resolve("one"));
        assertThat(index("one").write(List.of(new IndexWrite.Remove(new Key("", "id"))), Duration.ZERO))
                .succeedsWithin(Duration.ZERO)
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasOnlyElementsOfType(Outcome.Unknown.class);
    }

    @Test
    void storesAreFoundLikeDrivers() throws IOException {
        PluginJar.knowing(SPI)
                .with("""
                        package made.store;
                        import io.crossfade.proxy.control.*;
                        public final class Stores implements ControlStoreProvider {
                            public String store() { return "one"; }
                            public void check(StoreDefinition definition) { definition.requireNoOptions(); }
                            public ControlStore open(StoreDefinition definition, Context context) throws java.io.IOException {
                                throw new java.io.IOException("not today");
                            }
                        }
                        """)
                .providing(ControlStoreProvider.class, "made.store.Stores")
                .to(home.resolve("one/store.jar"));
        StoreDefinition definition = new StoreDefinition("one", Map.of("size", 3));
        var context = new ControlStoreProvider.Context(home, lent::add, time);

        assertThat(plugins.store("file").store()).isEqualTo("file");
        assertThatThrownBy(() -> plugins.store("one").check(definition))
                .hasMessage("control.size: unknown (expected: no option for store one)");
        assertThatThrownBy(() -> plugins.store("one").open(definition, context))
                .isInstanceOf(IOException.class)
                .hasMessage("not today");
        assertThatThrownBy(() -> plugins.store("two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("control.store: two (expected: one of file, ")
                .hasMessageEndingWith("; one in " + home.resolve("one") + ")");
    }

    @Test
    void closed_loadsNoMoreClasses() throws IOException {
        driver("one", "seen.put(\"late\", \"\" + sees(\"made.one.Late\"));", "")
                .with("package made.one; final class Late {}")
                .to(home.resolve("one/driver.jar"));
        VectorIndex index = index("one");

        plugins.close();

        assertThat(index.attributes(Duration.ZERO).join()).containsEntry("late", "false");
    }
}
