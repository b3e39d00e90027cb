package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import io.grpc.InsecureChannelCredentials;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

final class CrossfadeIndexTest extends VectorIndexConformanceTest {
    private final OtherCrossfade other = new OtherCrossfade();

    @Override
    protected boolean canBeMissing() {
        return false;
    }

    @Override
    protected boolean keepsStamps() {
        return false;
    }

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        other.serve(definition);
        CrossfadeIndexSettings config =
                new CrossfadeIndexSettings(other.address(), definition.name(), false, Duration.ofSeconds(5));
        return new CrossfadeIndex(
                definition,
                config,
                new Lines(other.address(), InsecureChannelCredentials.create(), null, config.unknownSettle(), time));
    }

    @AfterEach
    void stopTheOther() {
        other.close();
    }
}
