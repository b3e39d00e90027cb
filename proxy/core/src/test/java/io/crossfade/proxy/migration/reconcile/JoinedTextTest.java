package io.crossfade.proxy.migration.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both indexes join their text from the metadata keys "title" and "body", and each has a model. */
final class JoinedTextTest {
    private static final Key KEY = Key.of("1");
    private static final Key OTHER = Key.of("2");

    @TempDir
    Path directory;

    private Fleet fleet;
    private Sidecar sidecar;

    @BeforeEach
    void begin() {
        fleet = new Fleet(
                        directory,
                        2,
                        "b",
                        new TextSource(List.of("title", "body"), " "),
                        Map.of("", new Docs.Model("b")),
                        Map.of("", new Docs.Model("a")))
                .start();
        sidecar = fleet.first();
        fleet.migrated();
        fleet.await(sidecar.write(Docs.patch(KEY, "title", "x")));
        fleet.await(sidecar.write(Docs.put(KEY, null, List.of(Docs.named("a", "none")))));
        set(sidecar, "title", "old");
        set(sidecar, "body", "text");
        set(sidecar, "price", "10");
        fleet.pass(2_000);
        assertBoth("old", "text");
    }

    private void set(Sidecar through, String name, String value) {
        fleet.await(through.write(Docs.patch(KEY, name, value)));
    }

    private void assertBoth(String title, String body) {
        for (StoredDocument document : List.of(
                Objects.requireNonNull(fleet.primary.document(KEY)),
                Objects.requireNonNull(fleet.migration.document(KEY)))) {
            assertThat(document.metadata())
                    .containsEntry("title", Value.of(title))
                    .containsEntry("body", Value.of(body));
        }
        assertThat(vector(fleet.primary.document(KEY))).isEqualTo(Docs.vector("a", title + " " + body));
        assertThat(vector(fleet.migration.document(KEY))).isEqualTo(Docs.vector("b", title + " " + body));
    }

    private static Object vector(@org.jspecify.annotations.Nullable StoredDocument document) {
        return Objects.requireNonNull(Objects.requireNonNull(document).vectors().get(""));
    }

    @Test
    void updateThatLandsAfterOneOfAnotherKey_undoesNothingAndTheVectorIsMadeAnew() {
        sidecar.toPrimary().faults().plan(FaultPlan.onWrite(0, new Fault.LateApply(Duration.ofMillis(200))));
        var late = sidecar.write(Duration.ofMillis(100), Docs.patch(KEY, "title", "late"));
        fleet.pass(110);
        assertThat(late).isDone();
        set(fleet.get(1), "body", "newer");
        fleet.pass(5_000);
        assertBoth("late", "newer");
        fleet.sidecars.forEach(
                each -> assertThat(each.migration().marks().pendingKeys()).isZero());
    }

    @Test
    void vectorOfAnOlderText_isReportedByVerifyAndRepaired() {
        StoredDocument stands = Objects.requireNonNull(fleet.primary.document(KEY));
        Map<String, Value> edited = new java.util.HashMap<>(stands.metadata());
        edited.put("title", Value.of("edited"));
        for (var index : List.of(sidecar.toPrimary(), sidecar.toMigration())) {
            fleet.await(index.participant()
                    .index()
                    .write(
                            List.of(new io.crossfade.proxy.index.IndexWrite.PatchMetadata(
                                    KEY,
                                    new Stamp(stands.version(), Map.of()),
                                    MetadataPatch.replaceWith(edited),
                                    Map.of())),
                            Duration.ofSeconds(1)));
        }
        Sidecar.Findings findings = new Sidecar.Findings();
        fleet.await(sidecar.verify(false, findings));
        assertThat(findings.found).extracting(Difference::kind).containsOnly(Difference.Kind.STALE_VECTOR);
        fleet.await(sidecar.verify(true));
        fleet.pass(2_000);
        assertBoth("edited", "text");
    }

    @Test
    void lastTextIsTakenAway_isRefusedAndTheVectorStands() {
        set(sidecar, "body", "");
        fleet.pass(2_000);
        List<MetadataPatch> emptying = List.of(
                new MetadataPatch(Map.of(), List.of("title"), false),
                MetadataPatch.set(Map.of("title", Value.of(""))),
                MetadataPatch.set(Map.of("title", Value.of(7))),
                MetadataPatch.set(Map.of("title", new Value.Null())),
                MetadataPatch.replaceWith(Map.of("price", Value.of("11"))));
        for (boolean migrating : List.of(true, false)) {
            for (MetadataPatch patch : emptying) {
                WriteReply.Result refused = fleet.await(
                                sidecar.write(new WriteOp.UpdateMetadata(KEY, patch), Docs.patch(OTHER, "price", "1")))
                        .results()
                        .get(0);
                assertThat(refused.leader()).as(patch.toString()).isEqualTo(WriteReply.Leader.REJECTED);
                assertThat(refused.reEmbedded()).isFalse();
                assertThat(refused.error()).contains("title, body");
            }
            assertThat(Objects.requireNonNull(fleet.primary.document(KEY)).metadata())
                    .containsEntry("title", Value.of("old"))
                    .containsEntry("price", Value.of("10"));
            assertThat(vector(fleet.primary.document(KEY))).isEqualTo(Docs.vector("a", "old"));
            if (migrating) {
                fleet.pass(5_000);
                assertThat(vector(fleet.migration.document(KEY))).isEqualTo(Docs.vector("b", "old"));
                fleet.await(sidecar.abort());
            }
        }
    }

    @Test
    void noTextBefore_changeOfItsKeysIsNotToldAsEmbedded() {
        fleet.await(sidecar.write(Docs.put(OTHER, null, List.of(Docs.named("a", "sent")))));
        WriteReply.Result applied = fleet.await(sidecar.write(
                        new WriteOp.UpdateMetadata(OTHER, MetadataPatch.set(Map.of("title", Value.of(7))))))
                .results()
                .get(0);
        assertThat(applied.leader()).isEqualTo(WriteReply.Leader.APPLIED);
        assertThat(applied.reEmbedded()).isFalse();
        assertThat(vector(fleet.primary.document(OTHER))).isEqualTo(Docs.vector("a", "sent"));
    }

    @Test
    void waitedForItsLaneBeyondItsDeadline_isNotWritten() {
        fleet.await(fleet.first().abort());
        sidecar.toPrimary().gate().holdWrites(true);
        sidecar.write(Docs.patch(KEY, "title", "slow"));
        fleet.settle();
        var second = sidecar.write(Duration.ofMillis(50), Docs.patch(KEY, "title", "too late"));
        fleet.pass(100);
        sidecar.toPrimary().gate().releaseWrites();
        fleet.settle();
        assertThat(second)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("time was over before the write began");
        assertThat(Objects.requireNonNull(fleet.primary.document(KEY)).metadata())
                .containsEntry("title", Value.of("slow"));
    }
}
