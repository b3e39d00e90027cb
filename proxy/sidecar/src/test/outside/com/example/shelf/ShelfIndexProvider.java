package com.example.shelf;

import com.example.paper.Paper;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A driver that was made elsewhere. Its name is in a resource of its jar. */
public final class ShelfIndexProvider implements VectorIndexProvider {
    private static final Logger LOG = LoggerFactory.getLogger(ShelfIndexProvider.class);
    private static final Map<Path, Shelf> SHELVES = new ConcurrentHashMap<>();

    @Override
    public String driver() {
        Properties properties = new Properties();
        try (InputStream in = ShelfIndexProvider.class.getResourceAsStream("/shelf.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("driver");
    }

    @Override
    public void check(IndexDefinition definition) {
        settings(definition);
    }

    @Override
    public String place(IndexDefinition definition, Path dataDirectory) {
        return dataDirectory.resolve(definition.name()).toString();
    }

    private static ShelfSettings settings(IndexDefinition definition) {
        return definition.options(ShelfSettings.class);
    }

    @Override
    public VectorIndex create(IndexDefinition definition, Context context) {
        ShelfSettings settings = settings(definition);
        Thread thread = Thread.currentThread();
        LOG.warn("{} on paper {}, {}", driver(), Paper.version(), sees("io.grpc.Metadata") ? "sees grpc" : "sees no grpc");
        LOG.warn("{} in the context of {}", driver(), thread.getContextClassLoader().getName());
        Path place = context.dataDirectory().resolve(definition.name());
        return new ShelfIndex(definition, SHELVES.computeIfAbsent(place, name -> new Shelf()), settings, context);
    }

    private static boolean sees(String type) {
        try {
            return Class.forName(type) != null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
