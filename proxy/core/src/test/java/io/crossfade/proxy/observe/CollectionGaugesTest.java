package io.crossfade.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.model.Key;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CollectionGaugesTest {
    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double value(CollectionGauges gauges, String metric, String... tags) {
        gauges.look();
        return registry.get(metric)
                .tags(tags)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void indexesThatAreNotWhatTheyWere() {
        Fleet fleet = new Fleet(directory, 1).start();
        fleet.await(fleet.first().write(Docs.put(Key.of("k"), "a", "text")));
        CollectionGauges gauges = new CollectionGauges(
                Fleet.COLLECTION, () -> fleet.await(fleet.first().admin().status()), registry);
        assertThat(value(gauges, "crossfade.unvouched.seconds")).isZero();
        fleet.migrated();
        fleet.pass(60_000);
        assertThat(value(gauges, "crossfade.looks", "found", "same")).isGreaterThan(1);
        assertThat(value(gauges, "crossfade.unvouched.seconds")).isBetween(0.0, 31.0);
        assertThat(value(gauges, "crossfade.leader.lost")).isZero();

        fleet.primary.restore(MemoryStore.Copy.EMPTY);
        fleet.pass(60_000);
        assertThat(value(gauges, "crossfade.leader.lost")).isEqualTo(1);
        assertThat(value(gauges, "crossfade.doubts", "kind", "index_replaced")).isEqualTo(1);
        assertThat(value(gauges, "crossfade.doubts", "kind", "index_went_back")).isZero();
        assertThat(value(gauges, "crossfade.looks", "found", "replaced")).isPositive();
        assertThat(value(gauges, "crossfade.unvouched.seconds")).isGreaterThan(50);
    }
}
