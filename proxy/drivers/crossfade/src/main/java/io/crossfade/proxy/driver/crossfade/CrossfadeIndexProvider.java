package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.nio.file.Path;

/** Driver {@code crossfade}; its options are those of {@code CrossfadeIndexSettings}. */
public final class CrossfadeIndexProvider implements VectorIndexProvider {
    @Override
    public String driver() {
        return "crossfade";
    }

    @Override
    public void check(IndexDefinition definition) {
        config(definition);
    }

    @Override
    public String place(IndexDefinition definition, Path dataDirectory) {
        CrossfadeIndexSettings config = config(definition);
        return "collection " + config.collection() + " of " + Place.of(config.address());
    }

    @Override
    public VectorIndex create(IndexDefinition definition, Context context) {
        CrossfadeIndexSettings config = config(definition);
        ChannelCredentials credentials =
                config.tls() ? TlsChannelCredentials.create() : InsecureChannelCredentials.create();
        Lines lines = new Lines(config.address(), credentials, context.loops(), config.unknownSettle(), context.time());
        return new CrossfadeIndex(definition, config, lines);
    }

    private static CrossfadeIndexSettings config(IndexDefinition definition) {
        return definition.options(CrossfadeIndexSettings.class);
    }
}
