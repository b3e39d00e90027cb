package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Collection.ScanCall;
import io.crossfade.proxy.collection.Slice;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors that a worker of the application made, of a document that others may have changed since. */
final class MadeOfTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Key KEY = Key.of("1");
    private static final Key OTHER = Key.of("2");
    private static final Embedding MADE = Docs.vector("a", "made by a worker");

    @TempDir
    private Path directory;

    private Fleet fleet;
    private Sidecar sidecar;

    @BeforeEach
    void begin() {
        begin(TextSource.OWN);
    }

    private void begin(TextSource text) {
        fleet = new Fleet(directory, 1, "b", text, Map.of(), Map.of("", new Docs.Model("a"))).start();
        sidecar = fleet.first();
    }

    private void in(Phase phase) {
        if (phase == Phase.MIRRORING) {
            fleet.await(sidecar.startMigration());
        }
    }

    private CompletableFuture<WriteReply> write(WriteOp... ops) {
        var reply = sidecar.write(TIMEOUT, ops);
        fleet.settle();
        return reply;
    }

    /** What a worker reads, and gives back with the vectors that it has made. */
    private String source(Key key) {
        var read = sidecar.collection().fetch(List.of(key), Projection.DIGEST, TIMEOUT);
        StoredDocument document = fleet.await(read).documents().get(0);
        assertThat(document.text()).isNull();
        assertThat(document.metadata()).isEmpty();
        return Objects.requireNonNull(document.digest()).source();
    }

    private static WriteOp made(Key key, String space, String of) {
        return new WriteOp.UpdateVectors(key, List.of(Docs.named(space, "made by a worker")), of, null);
    }

    private static List<Leader> leaders(CompletableFuture<WriteReply> reply) {
        assertThat(reply).isCompleted();
        return reply.join().results().stream().map(WriteReply.Result::leader).toList();
    }

    private void assertVector(Embedding expected) {
        StoredDocument stands = Objects.requireNonNull(fleet.primary.document(KEY));
        assertThat(stands.vectors()).containsEntry("", expected);
    }

    private GatedIndex leader() {
        return sidecar.toPrimary().gate();
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void textHasChangedSince_isRefused_andTheOthersAreWritten(Phase phase) {
        in(phase);
        write(Docs.put(KEY, "a", "old"), Docs.put(OTHER, "a", "old"));
        String old = source(KEY);
        write(Docs.put(KEY, "a", "new"));
        var reply = write(made(KEY, "a", old), made(OTHER, "a", old), made(Key.of("absent"), "a", old));
        fleet.pass(100);
        assertThat(leaders(reply)).containsExactly(Leader.NOT_MATCHED, Leader.APPLIED, Leader.NOT_FOUND);
        assertThat(reply.join().results().get(0).error())
                .isEqualTo("made_of: " + old + " (expected: what the document says now; read it again)");
        assertVector(Docs.vector("a", "new"));
        assertThat(leaders(write(made(KEY, "a", source(KEY))))).containsExactly(Leader.APPLIED);
        assertVector(MADE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void saysNothing_isWrittenWhateverStandsThere(Phase phase) {
        in(phase);
        write(Docs.put(KEY, "a", "old"));
        write(Docs.put(KEY, "a", "new"));
        assertThat(leaders(write(made(KEY, "a", "")))).containsExactly(Leader.APPLIED);
        assertVector(MADE);
    }

    /** A counter that changes all the time keeps nobody from making vectors of the text. */
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void onlyMetadataHasChangedSince_isWritten(Phase phase) {
        in(phase);
        write(Docs.put(KEY, "a", "x"));
        String source = source(KEY);
        write(Docs.patch(KEY, "views", "2"));
        assertThat(leaders(write(made(KEY, "a", source)))).containsExactly(Leader.APPLIED);
        assertVector(MADE);
    }

    /** The new text was under way when the vectors came, and acked before they were written. */
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void textChangesBeforeItInTheLane_isRefused(Phase phase) {
        in(phase);
        write(Docs.put(KEY, "a", "old"));
        String old = source(KEY);
        leader().holdWrites(true);
        var put = write(Docs.put(KEY, "a", "new"));
        var made = write(made(KEY, "a", old));
        assertThat(made).isNotDone();
        leader().releaseWrites();
        fleet.pass(100);
        assertThat(leaders(put)).containsExactly(Leader.APPLIED);
        assertThat(leaders(made)).containsExactly(Leader.NOT_MATCHED);
        assertVector(Docs.vector("a", "new"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"SINGLE", "MIRRORING"})
    void textComesBetweenReadingAndWriting_waits(Phase phase) {
        in(phase);
        write(Docs.put(KEY, "a", "old"));
        String old = source(KEY);
        leader().holdFetches(true);
        var made = write(made(KEY, "a", old));
        int before = leader().seen().size();
        var put = write(Docs.put(KEY, "a", "new"));
        assertThat(leader().seen()).hasSize(before);
        leader().holdFetches(false);
        leader().fetch(leader().heldFetches() - 1).answer();
        fleet.pass(100);
        assertThat(leaders(made)).containsExactly(Leader.APPLIED);
        assertThat(leaders(put)).containsExactly(Leader.APPLIED);
        assertVector(Docs.vector("a", "new"));
    }

    @Test
    void textMadeOfMetadata_isWhatCounts() {
        begin(new TextSource(List.of("title", "body"), " "));
        write(new WriteOp.Upsert(
                new Document(KEY, null, List.of(), Map.of("title", Value.of("red"), "body", Value.of("shoe")), null)));
        String source = source(KEY);
        write(Docs.patch(KEY, "price", "10"));
        assertThat(source(KEY)).isEqualTo(source);
        write(Docs.patch(KEY, "title", "blue"));
        assertThat(leaders(write(made(KEY, "a", source)))).containsExactly(Leader.NOT_MATCHED);
        assertVector(Docs.vector("a", "blue shoe"));
    }

    @Test
    void documentWithoutText_isWhatItsVectorsAre() {
        write(Docs.put(KEY, null, List.of(Docs.named("a", "image"))));
        String source = source(KEY);
        write(Docs.put(KEY, null, List.of(Docs.named("a", "another image"))));
        assertThat(leaders(write(made(KEY, "a", source)))).containsExactly(Leader.NOT_MATCHED);
        assertVector(Docs.vector("a", "another image"));
    }

    /** The path of a worker that feeds the new index. */
    @Test
    void inAMigration_itStaysMissing_untilItIsMadeOfWhatStands() {
        write(Docs.put(KEY, "a", "old"));
        in(Phase.MIRRORING);
        fleet.pass(Engine.SETTLE.multipliedBy(40).toMillis());
        String old = missing();
        write(Docs.put(KEY, "a", "new"));
        assertThat(leaders(write(made(KEY, "b", old)))).containsExactly(Leader.NOT_MATCHED);
        fleet.pass(2_000);
        assertThat(fleet.migration.document(KEY)).isNull();
        String now = missing();
        assertThat(now).isNotEqualTo(old);
        assertThat(leaders(write(made(KEY, "b", now)))).containsExactly(Leader.APPLIED);
        fleet.pass(2_000);
        assertThat(Objects.requireNonNull(fleet.migration.document(KEY)).vectors())
                .containsEntry("", Docs.vector("b", "made by a worker"));
        assertThat(scan()).isEmpty();
        assertThat(fleet.await(sidecar.verify(false)).wasClean()).isTrue();
    }

    @Test
    void inAMigration_whileTheFollowerIsAway_areKeptForTheirText() {
        write(Docs.put(KEY, "a", "old"));
        in(Phase.MIRRORING);
        fleet.pass(Engine.SETTLE.multipliedBy(40).toMillis());
        String old = missing();
        sidecar.migration().mirror().breaker().transitionToForcedOpenState();
        assertThat(leaders(write(made(KEY, "b", old)))).containsExactly(Leader.APPLIED);
        write(Docs.patch(KEY, "colour", "red"));
        fleet.pass(1_000);
        sidecar.migration().mirror().breaker().reset();
        fleet.pass(5_000);
        assertThat(Objects.requireNonNull(fleet.migration.document(KEY)).vectors())
                .containsEntry("", Docs.vector("b", "made by a worker"));
        assertThat(scan()).isEmpty();
    }

    private List<StoredDocument> scan() {
        ScanCall call = new ScanCall("", Slice.ALL, null, Projection.DIGEST, "b", 10);
        return fleet.await(sidecar.collection().scan(call, TIMEOUT)).page().documents();
    }

    private String missing() {
        assertThat(scan()).extracting(StoredDocument::key).containsExactly(KEY);
        return Objects.requireNonNull(scan().get(0).digest()).source();
    }
}
