package io.crossfade.proxy.kit.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.Stored;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests of each kind of write, and of what is read back. */
public abstract class WriteConformance extends IndexFixture {
    private final Map<String, Value> everyKind = Map.of(
            "null", new Value.Null(),
            "bool", Value.of(true),
            "largest", Value.of(Long.MAX_VALUE),
            "smallest", Value.of(Long.MIN_VALUE),
            "odd", Value.of((1L << 53) + 1),
            "double", Value.of(-0.1),
            "text", Value.of("Grüße, 世界 \uD83D\uDE80 \u0001 end"),
            "empty", Value.of(""),
            "list", new Value.Items(List.of(Value.of(1), Value.of(1.0), Value.of("a"), new Value.Items(List.of()))),
            "map", new Value.Fields(Map.of("inner", new Value.Fields(Map.of("deep.er", Value.of(7))))));

    private final StoredDocument full = new StoredDocument(
            Key.of("full"),
            new Stamp(42, Map.of("", "a:1", "title", "b:2"), Map.of("", Long.MAX_VALUE, "title", -1L)),
            "some text",
            everyKind,
            Map.of("", vector(1), "title", Embedding.of(1, 2, 3, 4)));

    @Test
    void put_isReadBackExactly() {
        put(full);

        assertStands(fetch("full"), full);
    }

    /** What the index says of stored vectors is so, also of the tiniest and the largest, and of what it has given back. */
    @Test
    void vectors_areGivenBackAsTheIndexSays() {
        Map<String, Embedding> vectors = Map.of(
                "three", Embedding.of(0, 3, 0, 0, 0, 0, 0, 0),
                "zero", Embedding.of(new float[DIMENSIONS]),
                "tiny", scaled(vector(4), 1e-20f),
                "small", scaled(vector(5), 1e-5f),
                "large", scaled(vector(6), 1e18f),
                "unit", vector(7).normalised());
        for (int round = 0; round < 2; round++) {
            vectors.forEach((id, vector) -> put(document(id, Map.of(), vector)));
            vectors.forEach((id, vector) ->
                    assertStand(Objects.requireNonNull(fetch(id)).vectors(), Map.of("", vector)));
            vectors.keySet()
                    .forEach(id -> put(document(
                            id,
                            Map.of(),
                            Objects.requireNonNull(
                                    Objects.requireNonNull(fetch(id)).vectors().get("")))));
            vectors.forEach((id, vector) ->
                    assertStand(Objects.requireNonNull(fetch(id)).vectors(), Map.of("", vector)));
        }
        boolean isExact = index.capabilities().stored() == Stored.EXACT;
        assertThat(Objects.requireNonNull(fetch("three")).vectors())
                .isEqualTo(Map.of("", isExact ? vectors.get("three") : Embedding.of(0, 1, 0, 0, 0, 0, 0, 0)));
    }

    @Test
    void put_withoutTextMetadataOrVector_isReadBackSo() {
        StoredDocument bare = new StoredDocument(Key.of("bare"), Stamp.NONE, null, Map.of(), Map.of());
        put(bare);

        assertStands(fetch("bare"), bare);
    }

    @Test
    void put_replacesTheWholeDocument() {
        put(full);
        StoredDocument other = document("full", Map.of("only", Value.of(1)), vector(2));
        put(other);

        assertStands(fetch("full"), other);
        assertThat(count(null)).isEqualTo(1);
    }

    /** R11, R13: the order of arrival decides, never a version. */
    @Test
    void put_ofALowerVersion_standsAsAnyOther() {
        put(full);
        StoredDocument older =
                new StoredDocument(full.key(), new Stamp(41, Map.of()), "older", Map.of(), Map.of("", vector(2)));
        put(older);
        assertStands(fetch("full"), older);
        assertThat(write(new IndexWrite.PatchMetadata(full.key(), 40, MetadataPatch.set(Map.of("a", Value.of(1))))))
                .containsExactly(Outcome.APPLIED);
        assertThat(Objects.requireNonNull(fetch("full")).version()).isEqualTo(40);
    }

    @Test
    void remove_ofAPresentAndAnAbsentDocument() {
        put(full);
        Key absent = Key.of("absent");

        assertThat(write(new IndexWrite.Remove(full.key()), new IndexWrite.Remove(absent)))
                .containsExactly(Outcome.APPLIED, Outcome.NOT_FOUND);
        assertThat(fetch("full")).isNull();
        assertThat(count(null)).isZero();
    }

    @Test
    void unstamp_leavesTheDocumentAsItsApplicationWroteIt_andLaterVersionsAsTheyAre() {
        put(full);
        put(new StoredDocument(Key.of("later"), new Stamp(100, Map.of()), "later", Map.of(), Map.of("", vector(2))));
        StoredDocument later = Objects.requireNonNull(fetch("later"));
        List<Outcome> outcomes = write(
                new IndexWrite.Unstamp(full.key(), 42),
                new IndexWrite.Unstamp(Key.of("later"), 42),
                new IndexWrite.Unstamp(Key.of("absent"), 42));

        assertThat(fetch("later")).isEqualTo(later);
        assertThat(fetch("absent")).isNull();
        if (!keepsStamps()) {
            excused("keepsStamps: false", "each is rejected, and the document is what it was");
            assertThat(outcomes).hasOnlyElementsOfType(Outcome.Rejected.class);
            assertStands(fetch("full"), full);
            return;
        }
        assertThat(outcomes).isSubsetOf(Outcome.APPLIED, Outcome.NOT_FOUND);
        assertThat(outcomes.get(0)).isEqualTo(Outcome.APPLIED);
        assertStands(
                fetch("full"),
                new StoredDocument(full.key(), Stamp.NONE, full.text(), full.metadata(), full.vectors()));
    }

    @Test
    void patches_neverCreate() {
        Key absent = Key.of("absent");

        assertThat(write(new IndexWrite.PatchMetadata(absent, 1, MetadataPatch.set(Map.of("a", Value.of(1))))))
                .containsExactly(Outcome.NOT_FOUND);
        assertThat(write(new IndexWrite.PatchVectors(absent, Stamp.NONE, Map.of("", vector(1)))))
                .containsExactly(Outcome.NOT_FOUND);
        assertThat(fetch("absent")).isNull();
        assertThat(count(null)).isZero();
    }

    @Test
    void patchMetadata_keepsVectorsTextAndWhatIsKnownOfThem() {
        put(full);
        MetadataPatch patch = new MetadataPatch(Map.of("new", Value.of(5)), List.of("bool", "none"), false);

        assertThat(write(new IndexWrite.PatchMetadata(full.key(), 43, patch))).containsExactly(Outcome.APPLIED);

        Stamp stamp = new Stamp(43, full.stamp().provenance(), full.stamp().written());
        assertStands(
                fetch("full"),
                new StoredDocument(full.key(), stamp, full.text(), patch.applyTo(everyKind), full.vectors()));
    }

    @Test
    void patchMetadata_canReplaceAll() {
        put(full);
        MetadataPatch patch = MetadataPatch.replaceWith(Map.of("a", Value.of("b")));

        assertThat(write(new IndexWrite.PatchMetadata(full.key(), 43, patch))).containsExactly(Outcome.APPLIED);
        assertThat(Objects.requireNonNull(fetch("full")).metadata()).isEqualTo(Map.of("a", Value.of("b")));
    }

    @Test
    void patchMetadata_setsTheVectorsThatAreMadeOfIt() {
        put(full);
        MetadataPatch patch = MetadataPatch.set(Map.of("new", Value.of(5)));
        Stamp stamp = new Stamp(43, Map.of("", "a:2"), Map.of("", 7L));

        assertThat(write(new IndexWrite.PatchMetadata(full.key(), stamp, patch, Map.of("", vector(2)))))
                .containsExactly(Outcome.APPLIED);

        assertStands(
                fetch("full"),
                new StoredDocument(
                        full.key(),
                        full.stamp().patched(stamp),
                        full.text(),
                        patch.applyTo(everyKind),
                        Map.of("", vector(2), "title", Embedding.of(1, 2, 3, 4))));
        assertThat(ids(query(nearest(vector(2), 1)))).containsExactly("full");
    }

    @Test
    void patchVectors_setsTheirFieldsAndMergesProvenanceAndDigests() {
        put(full);
        Embedding title = Embedding.of(9, 9, 9, 9);
        Stamp stamp = new Stamp(44, Map.of("title", "c:3"), Map.of("title", 7L));

        assertThat(write(new IndexWrite.PatchVectors(full.key(), stamp, Map.of("title", title))))
                .containsExactly(Outcome.APPLIED);
        assertStands(
                fetch("full"),
                new StoredDocument(
                        full.key(),
                        new Stamp(44, Map.of("", "a:1", "title", "c:3"), Map.of("", Long.MAX_VALUE, "title", 7L)),
                        full.text(),
                        full.metadata(),
                        Map.of("", vector(1), "title", title)));
    }

    /** A patch of a time without a migration: what was known of the vector before belongs to no vector any more. */
    @Test
    void patchVectors_whoseDigestIsForgotten_leavesNoneThatCounts() {
        put(full);
        Stamp stamp = new Stamp(0, Map.of(), Map.of("title", Stamp.FORGOTTEN));

        write(new IndexWrite.PatchVectors(full.key(), stamp, Map.of("title", Embedding.of(9, 9, 9, 9))));

        Map<String, Long> written =
                Objects.requireNonNull(fetch("full")).stamp().written();
        assertThat(written).containsEntry("", Long.MAX_VALUE);
        assertThat(written.getOrDefault("title", Stamp.FORGOTTEN)).isEqualTo(Stamp.FORGOTTEN);
    }

    @Test
    void patchVectors_addsAFieldThatWasMissing() {
        put(new StoredDocument(Key.of("bare"), Stamp.NONE, "text", Map.of(), Map.of()));

        write(new IndexWrite.PatchVectors(Key.of("bare"), new Stamp(2, Map.of("", "a:1")), Map.of("", vector(1))));

        assertStand(Objects.requireNonNull(fetch("bare")).vectors(), Map.of("", vector(1)));
        assertThat(ids(query(nearest(vector(1), 1)))).containsExactly("bare");
    }

    @Test
    void outcomes_areInTheOrderOfTheWrites() {
        put(full);
        List<Outcome> outcomes = write(
                new IndexWrite.Remove(Key.of("absent")),
                new IndexWrite.Put(document("a", Map.of(), vector(1))),
                new IndexWrite.Put(document("wrong", Map.of(), Embedding.of(1, 2))),
                new IndexWrite.Remove(full.key()));

        assertThat(outcomes).hasSize(4);
        assertThat(outcomes.get(0)).isEqualTo(Outcome.NOT_FOUND);
        assertThat(outcomes.get(1)).isEqualTo(Outcome.APPLIED);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Rejected.class);
        assertThat(outcomes.get(3)).isEqualTo(Outcome.APPLIED);
    }

    @Test
    void wrongDimensionOrField_isRejectedAndNothingChanges() {
        put(full);
        List<Outcome> outcomes = write(
                new IndexWrite.Put(document("short", Map.of(), Embedding.of(1, 2, 3))),
                new IndexWrite.PatchVectors(full.key(), Stamp.NONE, Map.of("", Embedding.of(1, 2, 3))),
                new IndexWrite.Put(
                        new StoredDocument(Key.of("field"), Stamp.NONE, null, Map.of(), Map.of("unknown", vector(1)))));

        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Rejected.class));
        assertThat(outcomes.get(0)).asString().contains("3").contains("8");
        assertStands(fetch("full"), full);
        assertThat(count(null)).isEqualTo(1);
    }

    /** Wherever it is: one that was dropped, or that ended the text, would make two documents the same. */
    @Test
    void nul_isHeldOrTheDocumentIsRejected_andItsNeighboursAreNot() {
        List<StoredDocument> documents = List.of(
                document("a\u0000b", Map.of(), vector(1)),
                document(new Key("a\u0000", "namespace"), Map.of(), vector(1)),
                new StoredDocument(Key.of("text"), Stamp.NONE, "a\u0000b", Map.of(), Map.of()),
                document("value", Map.of("a", new Value.Items(List.of(Value.of("b\u0000")))), vector(1)),
                document("key", Map.of("a\u0000b", Value.of(1)), vector(1)));
        if (!holdsNul()) {
            excused("holdsNul: false", "each is rejected with U+0000 in the reason and absent, its neighbour written");
        }
        for (StoredDocument odd : documents) {
            StoredDocument neighbour = document("neighbour of " + odd.key().id().length(), Map.of(), vector(2));
            List<Outcome> outcomes = write(new IndexWrite.Put(odd), new IndexWrite.Put(neighbour));

            assertThat(outcomes.get(1)).isEqualTo(Outcome.APPLIED);
            assertStands(fetch(neighbour.key(), Projection.ALL), neighbour);
            if (holdsNul()) {
                assertThat(outcomes.get(0)).isEqualTo(Outcome.APPLIED);
                assertStands(fetch(odd.key(), Projection.ALL), odd);
            } else {
                assertThat(outcomes.get(0))
                        .isInstanceOfSatisfying(
                                Outcome.Rejected.class,
                                rejected -> assertThat(rejected.reason()).contains("U+0000"));
                assertThat(fetch(odd.key(), Projection.ALL)).isNull();
            }
        }
    }

    @Test
    void nul_inAPatch_isHeldOrThePatchIsRejected() {
        put(full);
        MetadataPatch patch = MetadataPatch.set(Map.of("text", Value.of("a\u0000b")));
        List<Outcome> outcomes = write(new IndexWrite.PatchMetadata(full.key(), 43, patch));

        if (holdsNul()) {
            assertThat(outcomes).containsExactly(Outcome.APPLIED);
            assertThat(Objects.requireNonNull(fetch("full")).metadata()).isEqualTo(patch.applyTo(everyKind));
        } else {
            excused("holdsNul: false", "the patch is rejected, and the document is what it was");
            assertThat(outcomes).singleElement().isInstanceOf(Outcome.Rejected.class);
            assertStands(fetch("full"), full);
        }
    }

    @Test
    void keys_mayBeLongAndHoldAnything() {
        List<String> ids = Stream.of(
                        "a/b?c#d%20e",
                        " ", "a\u0000b", "a\u0000", "\uFFFF", "\uD83D\uDE80", "é", "e\u0301", "x".repeat(512))
                .map(this::held)
                .distinct()
                .toList();
        ids.forEach(id -> put(document(id, Map.of("id", Value.of(id)), vector(1))));

        assertThat(count(null)).isEqualTo(ids.size());
        for (String id : ids) {
            assertThat(Objects.requireNonNull(fetch(id)).metadata()).isEqualTo(Map.of("id", Value.of(id)));
        }
        assertThat(query(nearest(vector(1), 100))).hasSize(ids.size());
    }

    @Test
    void namespaces_keepEqualIdsApart() {
        String odd = isNulAsked() ? "a\u0000" : "a ";
        List<Key> keys = List.of(
                new Key("", "id"), new Key("a", "id"), new Key("b", "id"), new Key(odd, "id"), new Key("", "a"));
        keys.forEach(key -> put(document(key, Map.of("ns", Value.of(key.namespace())), vector(1))));
        write(new IndexWrite.Remove(new Key("b", "id")));

        assertThat(index.fetch(keys, Projection.ALL, TIMEOUT).join().keySet())
                .containsExactlyInAnyOrder(keys.get(0), keys.get(1), keys.get(3), keys.get(4));
        assertThat(Objects.requireNonNull(fetch(keys.get(1), Projection.ALL)).metadata())
                .containsEntry("ns", Value.of("a"));
    }

    @Test
    void projections_bringWhatWasAskedFor() {
        put(full);
        StoredDocument stands = Objects.requireNonNull(fetch("full"));
        assertStands(stands, full);
        Digest digest = Digest.of(full.text(), full.metadata(), stands.vectors());

        for (Projection wanted : List.of(Projection.ALL, Projection.CONTENT, Projection.STAMP, Projection.DIGEST)) {
            assertThat(fetch(full.key(), wanted)).isEqualTo(stands.project(wanted));
        }
        assertThat(Objects.requireNonNull(fetch(full.key(), Projection.DIGEST)).digest())
                .isEqualTo(digest);
    }

    @Test
    void digest_isRightAfterPatches() {
        put(full);
        write(new IndexWrite.PatchMetadata(full.key(), 2, MetadataPatch.set(Map.of("x", Value.of(1)))));
        write(new IndexWrite.PatchVectors(full.key(), new Stamp(3, Map.of()), Map.of("", vector(9))));

        StoredDocument stands = Objects.requireNonNull(fetch("full"));
        assertThat(Objects.requireNonNull(fetch(full.key(), Projection.DIGEST)).digest())
                .isEqualTo(Digest.of(stands.text(), stands.metadata(), stands.vectors()));
    }

    @Test
    void concurrentPatches_ofOneDocumentAreAllKept() {
        put(full);
        List<CompletableFuture<List<Outcome>>> running = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            MetadataPatch patch = MetadataPatch.set(Map.of("key" + i, Value.of(i)));
            running.add(index.write(List.of(new IndexWrite.PatchMetadata(full.key(), i, patch)), TIMEOUT));
        }

        assertThat(running).allSatisfy(call -> assertThat(call.join()).containsExactly(Outcome.APPLIED));
        assertThat(Objects.requireNonNull(fetch("full")).metadata()).hasSize(everyKind.size() + 200);
    }

    @Test
    void concurrentWrites_ofManyDocumentsAllStand() {
        List<CompletableFuture<List<Outcome>>> running = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            IndexWrite write = new IndexWrite.Put(document("id" + i, Map.of("i", Value.of(i)), vector(i)));
            running.add(CompletableFuture.supplyAsync(() -> List.of(write))
                    .thenCompose(writes -> index.write(writes, TIMEOUT)));
        }

        assertThat(running).allSatisfy(call -> assertThat(call.join()).containsExactly(Outcome.APPLIED));
        assertThat(count(null)).isEqualTo(500);
        assertStand(Objects.requireNonNull(fetch("id77")).vectors(), Map.of("", vector(77)));
    }
}
