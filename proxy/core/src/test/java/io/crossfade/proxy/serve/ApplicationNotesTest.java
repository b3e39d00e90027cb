package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.time.Cause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notes of a Crossfade in front belong to the index that they are on: no reads move away from it. */
final class ApplicationNotesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    private Fleet fleet;
    private Sidecar sidecar;

    @BeforeEach
    void start() {
        fleet = new Fleet(directory, 1).start();
        sidecar = fleet.first();
        fleet.await(sidecar.write(Docs.put(Key.of("1"), "a", "first")));
    }

    private CompletableFuture<Void> set(String value) {
        return sidecar.collection().setAttribute("crossfade.marker", value, TIMEOUT);
    }

    private CallException refusal(CompletableFuture<?> call) {
        fleet.until(call::isDone);
        return (CallException) Cause.of(call.handle((done, failed) -> failed).join());
    }

    private Map<String, String> notes() {
        return fleet.await(sidecar.collection().attributes(TIMEOUT));
    }

    @Test
    void indexBearsNotes_noMigrationBegins() {
        fleet.await(set("products 7 MIRRORING primary"));
        CallException refused = refusal(sidecar.startMigration());
        assertThat(refused.blockers()).extracting(Blocker::code).containsExactly(Blocker.Code.INDEX_BEARS_NOTES);
        assertThat(refused.blockers().get(0).detail()).contains("crossfade.marker");
        assertThat(fleet.phase()).isEqualTo(Phase.SINGLE);
        assertThat(notes()).containsEntry("crossfade.marker", "products 7 MIRRORING primary");
    }

    @Test
    void notesAreRemoved_aMigrationBegins() {
        fleet.await(set("products 7 MIRRORING primary"));
        fleet.await(set(""));
        fleet.migrated();
        fleet.await(sidecar.flip());
        assertThat(fleet.phase()).isEqualTo(Phase.REVERSED);
    }

    @Test
    void inAMigration_noNoteIsSet() {
        fleet.migrated();
        assertThat(refusal(set("late"))).hasMessageContaining("MIRRORING");
        assertThat(notes()).isEmpty();
        fleet.await(set(""));
    }

    @Test
    void noteOfAnotherSidecarLandedAsTheMigrationBegan_itIsNotFlippedAway() {
        fleet.migrated();
        fleet.await(sidecar.toPrimary().participant().index().setAttribute("app.crossfade.marker", "late", TIMEOUT));
        CallException refused = refusal(sidecar.flip());
        assertThat(refused.blockers()).extracting(Blocker::code).containsExactly(Blocker.Code.INDEX_BEARS_NOTES);
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
    }
}
