package io.crossfade.proxy.migration.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.model.Key;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;

/** Fleets in which steps are taken. */
final class StepsFixture {
    private StepsFixture() {}

    /** With some history. */
    static Fleet fleet(Path directory, int size) {
        Fleet fleet = new Fleet(directory, size).start();
        for (int i = 0; i < 25; i++) {
            fleet.await(fleet.first().write(Docs.put(Key.of("k" + i), "a", "history " + i)));
        }
        return fleet;
    }

    /** Both indexes hold the same, and nothing is pending. */
    static void assertEqual(Fleet fleet) {
        assertThat(fleet.onMigration().keySet()).isEqualTo(fleet.onPrimary().keySet());
        fleet.onPrimary()
                .forEach((key, document) -> assertThat(fleet.onMigration().get(key))
                        .usingRecursiveComparison()
                        .ignoringFields("stamp.provenance", "stamp.written")
                        .isEqualTo(document));
        fleet.sidecars.forEach(
                sidecar -> assertThat(sidecar.migration().marks().pendingKeys()).isZero());
    }

    /** Codes of what stands in the way of a flip. */
    static List<Blocker.Code> blockers(Fleet fleet) {
        return refusal(fleet).blockers().stream().map(Blocker::code).toList();
    }

    /** Of a flip. */
    static CallException refusal(Fleet fleet) {
        var flipped = fleet.first().flip();
        fleet.until(flipped::isDone);
        Throwable failed = flipped.handle((done, thrown) -> thrown).join();
        return (CallException)
                Objects.requireNonNull(failed instanceof CompletionException ? failed.getCause() : failed, "failed");
    }
}
