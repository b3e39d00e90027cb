package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Driver {@code qdrant}; its options are those of {@code QdrantIndexSettings}. */
public final class QdrantIndexProvider implements VectorIndexProvider {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    @Override
    public String driver() {
        return "qdrant";
    }

    @Override
    public void check(IndexDefinition definition) {
        QdrantIndexSettings.of(definition);
    }

    /** Names are not looked up: two names of one machine are two places. */
    @Override
    public String place(IndexDefinition definition, Path dataDirectory) {
        QdrantIndexSettings settings = QdrantIndexSettings.of(definition);
        String address = settings.address().toLowerCase(Locale.ROOT);
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        return "collection " + settings.collection() + " of " + (LOOPBACK.contains(host) ? "localhost" : host)
                + address.substring(colon);
    }

    @Override
    public VectorIndex create(IndexDefinition definition, Context context) {
        QdrantIndexSettings settings = QdrantIndexSettings.of(definition);
        try {
            return new QdrantIndex(definition, settings, Server.of(settings, context));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("indexes." + definition.name() + "." + e.getMessage(), e);
        }
    }
}
