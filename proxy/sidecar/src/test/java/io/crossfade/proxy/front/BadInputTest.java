package io.crossfade.proxy.front;

import io.crossfade.v1.VectorServiceGrpc.VectorServiceBlockingStub;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Over the real listeners, and collections that live in maps. One server for all rows: what is refused leaves no trace. */
@TestInstance(Lifecycle.PER_CLASS)
final class BadInputTest extends BadInputTable {
    private Fixture fixture;

    @BeforeAll
    void start() throws Exception {
        fixture = new Fixture();
    }

    @AfterAll
    void stop() {
        fixture.close();
    }

    @Test
    void operatorThatTheIndexLacks_isRefused() {
        isRefused_andNothingIsApplied(BadQueries.operatorThatTheIndexLacks());
    }

    @Override
    VectorServiceBlockingStub vectors() {
        return fixture.vectors();
    }

    @Override
    void endEpoch() {
        fixture.products.describedAs(Fixture.described("products", true, List.of(), 4));
    }
}
