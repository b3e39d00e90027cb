package io.crossfade.proxy.migration.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody writes around the sidecar: a vector, and nothing else. */
final class ChangedVectorTest {
    private static final Key OLD = Key.of("of before the migration");
    private static final Key KEY = Key.of("1");
    private static final Embedding FOREIGN = Embedding.of(0.5f, 0.25f);

    @TempDir
    private Path directory;

    private final Docs.Model model = new Docs.Model("b");
    private Fleet fleet;
    private Sidecar sidecar;

    @BeforeEach
    void embedding() {
        fleet = new Fleet(directory, 1, "b", TextSource.OWN, Map.of("", model), Map.of());
        sidecar = fleet.first();
    }

    private void fedByClients() {
        migrate(new Fleet(directory, 1, "b", TextSource.OWN, Map.of(), Map.of()));
    }

    private void carrying() {
        migrate(new Fleet(directory, 1));
    }

    private void migrate(Fleet both) {
        fleet = both;
        sidecar = fleet.first();
        migrate();
    }

    private void migrate() {
        fleet.start();
        write(put(OLD, "old"));
        fleet.migrated();
        write(put(KEY, "x"));
        fleet.pass(2_000);
    }

    private WriteOp put(Key key, String text) {
        NamedVector old = Docs.named("a", text);
        boolean carries = fleet.migration.space().name().equals(old.space());
        return Docs.put(key, text, carries ? List.of(old) : List.of(old, Docs.named("b", text)));
    }

    private void write(WriteOp op) {
        fleet.await(sidecar.write(op));
    }

    private List<Difference> found() {
        Sidecar.Findings findings = new Sidecar.Findings();
        fleet.await(sidecar.verify(false, findings));
        return findings.found;
    }

    private void assertForeign(Key key, String index) {
        assertThat(found()).singleElement().satisfies(found -> {
            assertThat(found.key()).isEqualTo(key);
            assertThat(found.kind()).isEqualTo(Difference.Kind.FOREIGN_WRITE);
            assertThat(found.detail()).contains("the vector of field \"\" on " + index);
        });
        var flip = sidecar.flip();
        fleet.until(flip::isDone);
        assertThat(Replies.failure(flip).blockers()).extracting(Blocker::code).contains(Blocker.Code.NOT_VERIFIED);
    }

    private void assertVector(Engine engine, Key key, Embedding vector) {
        assertThat(Objects.requireNonNull(engine.document(key)).vectors()).containsEntry("", vector);
    }

    @Test
    void onTheFollower_whichEmbeds_isFoundAndMended() {
        migrate();
        for (Key key : List.of(OLD, KEY)) {
            Embedding right = Objects.requireNonNull(fleet.migration.document(key))
                    .vectors()
                    .get("");
            fleet.migration.changeVector(key, FOREIGN);
            assertForeign(key, "new");
            assertThat(fleet.await(sidecar.verify(true)).wasClean()).isTrue();
            assertVector(fleet.migration, key, Objects.requireNonNull(right));
        }
        assertThat(found()).isEmpty();
    }

    @Test
    void onTheFollower_whichCarries_isFoundAndMended() {
        carrying();
        fleet.migration.changeVector(KEY, FOREIGN);
        assertForeign(KEY, "new");
        assertThat(fleet.await(sidecar.verify(true)).wasClean()).isTrue();
        assertVector(fleet.migration, KEY, Docs.vector("a", "x"));
    }

    /** Nobody here can make another: the document is set aside, and the client's worker finds that it is missing. */
    @Test
    void onTheFollower_whichClientsFeed_isFoundAndParked() {
        fedByClients();
        write(put(OLD, "old"));
        fleet.pass(2_000);
        assertThat(found()).isEmpty();
        fleet.migration.changeVector(KEY, FOREIGN);
        assertForeign(KEY, "new");
        fleet.await(sidecar.verify(true));
        fleet.pass(2_000);
        assertThat(fleet.isParked(KEY)).isTrue();
        assertThat(fleet.migration.document(KEY)).isNull();
        write(put(KEY, "x"));
        fleet.pass(2_000);
        assertThat(fleet.isParked(KEY)).isFalse();
        assertThat(found()).isEmpty();
    }

    /** What replay writes for another reason leaves no vector standing that nobody vouches for. */
    @Test
    void onTheFollower_andThenReconciled_doesNotStand() {
        migrate();
        fleet.migration.changeVector(KEY, FOREIGN);
        sidecar.toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        write(Docs.patch(KEY, "colour", "red"));
        fleet.pass(5_000);
        assertVector(fleet.migration, KEY, Docs.vector("b", "x"));
        assertThat(found()).isEmpty();
    }

    /** It cannot be made anew here; writing the document again makes it right. */
    @Test
    void onTheLeader_isFound_andRightWhenItIsWrittenAgain() {
        migrate();
        fleet.primary.changeVector(KEY, FOREIGN);
        assertForeign(KEY, "old");
        fleet.await(sidecar.verify(true));
        assertForeign(KEY, "old");
        write(put(KEY, "x"));
        fleet.pass(2_000);
        assertThat(found()).isEmpty();
    }

    @Test
    void onTheLeader_whereItIsCarried_isFoundThereAndNotTakenForTheFollowers() {
        carrying();
        fleet.primary.changeVector(KEY, FOREIGN);
        assertForeign(KEY, "old");
        fleet.await(sidecar.verify(true));
        assertForeign(KEY, "old");
    }

    /** Nothing says what it was. */
    @Test
    void onThePrimary_ofBeforeTheMigration_isLeftAsItIs() {
        migrate();
        fleet.primary.changeVector(OLD, FOREIGN);
        assertThat(found()).isEmpty();
    }

    /** Only the text is known of a vector of the old index when it follows. */
    @Test
    void afterTheFlip_onTheOldIndex_isFound() {
        migrate(new Fleet(directory, 1, "b", TextSource.OWN, Map.of("", model), Map.of("", new Docs.Model("a"))));
        fleet.await(sidecar.verify(false));
        assertThat(fleet.await(sidecar.flip()).blockers()).isEmpty();
        fleet.primary.changeVector(OLD, FOREIGN);
        assertThat(found()).isEmpty();
        fleet.primary.changeVector(KEY, FOREIGN);
        assertThat(found()).extracting(Difference::kind).containsExactly(Difference.Kind.FOREIGN_WRITE);
        fleet.await(sidecar.verify(true));
        assertVector(fleet.primary, KEY, Docs.vector("a", "x"));
    }

    @Test
    void vectorsThatAreWrittenAlone_areNotForeign() {
        carrying();
        write(vectors(KEY, Docs.named("a", "y")));
        write(vectors(OLD, Docs.named("a", "y")));
        fleet.pass(2_000);
        assertVector(fleet.migration, KEY, Docs.vector("a", "y"));
        assertThat(found()).isEmpty();
        fleet.primary.changeVector(OLD, FOREIGN);
        assertForeign(OLD, "old");
    }

    /** Between two migrations nothing is remembered of vectors, and what was is not held against them. */
    @Test
    void vectorsThatAreWrittenBetweenTwoMigrations_areNotForeign() {
        migrate();
        fleet.await(sidecar.abort());
        write(vectors(KEY, Docs.named("a", "y")));
        write(Docs.patch(KEY, "colour", "red"));
        fleet.pass(60_000);
        fleet.migrated();
        assertThat(found()).isEmpty();
        assertThat(Optional.ofNullable(fleet.primary.document(KEY)))
                .hasValueSatisfying(
                        document -> assertThat(document.vectors()).containsEntry("", Docs.vector("a", "y")));
    }

    private static WriteOp vectors(Key key, NamedVector vector) {
        return new WriteOp.UpdateVectors(key, List.of(vector), null);
    }
}
