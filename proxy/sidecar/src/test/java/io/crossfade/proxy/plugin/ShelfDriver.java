package io.crossfade.proxy.plugin;

import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/**
 * Builds the driver in {@code src/test/outside} as somebody else would: against the interfaces, what they let a driver
 * see, and for its test the kit. Its library comes in any version, each as a class of the same name.
 */
public final class ShelfDriver {
    private static final Path SOURCES = Path.of("src", "test", "outside", "com", "example", "shelf");
    private static final String LIBRARY = """
            package com.example.paper;
            public final class Paper { public static String version() { return "%s"; } }
            """;

    private ShelfDriver() {}

    /**
     * Puts it into a folder of its own, which bears the driver's name.
     *
     * @param driver its name
     * @param paper version of its library
     */
    public static void build(Path drivers, String driver, String paper) throws IOException {
        Path folder = drivers.resolve(driver);
        Path library = PluginJar.knowing().with(LIBRARY.formatted(paper)).to(folder.resolve("paper.jar"));
        PluginJar.knowing(
                        library,
                        PluginJar.of(VectorIndexProvider.class),
                        PluginJar.of(Nullable.class),
                        PluginJar.of(Logger.class),
                        PluginJar.of(VectorIndexConformanceTest.class),
                        PluginJar.of(Test.class),
                        PluginJar.of(Assertions.class))
                .withAllOf(SOURCES)
                .holding("shelf.properties", "driver=" + driver)
                .providing(VectorIndexProvider.class, "com.example.shelf.ShelfIndexProvider")
                .to(folder.resolve("shelf.jar"));
    }
}
