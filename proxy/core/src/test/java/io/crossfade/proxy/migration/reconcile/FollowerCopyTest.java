package io.crossfade.proxy.migration.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Provenance;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The new index has a field that is embedded, of whose vector the text has changed, and one that clients feed. */
final class FollowerCopyTest {
    private static final Key KEY = Key.of("1");
    private static final Space EMBEDDED = Engine.space("b");
    private static final Space FED = Engine.space("c");
    private static final Embedding SENT = Docs.vector("c", "x");
    private static final Projection VECTORS_AND_DIGEST = new Projection(false, false, true, true);

    private Pair pair;
    private Route.Paired route;

    @BeforeEach
    void begin(@TempDir Path directory) {
        pair = new Pair(directory).begin(Phase.MIRRORING);
        Participant follower = new Participant(
                new IndexDefinition("new", "memory", Map.of("", EMBEDDED, "fed", FED), TextSource.OWN, Map.of()),
                pair.toMigration().participant().index(),
                Map.of("", new Docs.Model("b")));
        route = new Route.Paired(
                "documents",
                2,
                Phase.MIRRORING,
                pair.toPrimary().participant(),
                follower,
                false,
                (on, call, timeout, admission) -> CompletableFuture.failedFuture(new AssertionError("not written")));
    }

    private static StoredDocument present(Embedding sent, Map<String, Long> written) {
        Map<String, String> provenance = Map.of(
                "", new Provenance(EMBEDDED.fingerprint(), Provenance.source("older")).encoded(),
                "fed", new Provenance(FED.fingerprint(), Provenance.source("x")).encoded());
        return new StoredDocument(
                KEY,
                new Stamp(1, provenance, written),
                "x",
                Map.of(),
                Map.of("", Docs.vector("b", "older"), "fed", sent));
    }

    private FollowerCopy copy(StoredDocument present) {
        StoredDocument document =
                new StoredDocument(KEY, new Stamp(2, Map.of()), "x", Map.of(), Map.of("", Docs.vector("a", "x")));
        return new FollowerCopy(
                route,
                document,
                present.project(Projection.DIGEST),
                new KeptVectors(pair.migration().marks().capture(KEY, 2).orElseThrow(), 2, false));
    }

    private static Stamp written(FollowerCopy copy, StoredDocument present) {
        assertThat(copy.standsInPart()).isTrue();
        copy.takeStanding(present.project(VECTORS_AND_DIGEST));
        copy.embedded("", Docs.vector("b", "x"));
        assertThat(copy.unfeedable()).isNull();
        StoredDocument put = ((IndexWrite.Put) copy.write()).document();
        assertThat(put.vectors()).isEqualTo(Map.of("", Docs.vector("b", "x"), "fed", SENT));
        return put.stamp();
    }

    @Test
    void vectorThatStands_isStillVouchedFor() {
        StoredDocument present = present(SENT, Map.of("fed", Digest.of(SENT)));
        assertThat(written(copy(present), present).written())
                .isEqualTo(Map.of("", Digest.of(Docs.vector("b", "x")), "fed", Digest.of(SENT)));
    }

    @Test
    void vectorThatStandsAndNobodyVouchesFor_isNotVouchedForNow() {
        StoredDocument present = present(SENT, Map.of());
        assertThat(written(copy(present), present).written()).containsOnlyKeys("");
    }

    @Test
    void vectorThatWasChanged_doesNotStand() {
        StoredDocument present = present(Embedding.of(9, 9), Map.of("fed", Digest.of(SENT)));
        FollowerCopy copy = copy(present);
        assertThat(copy.standsInPart()).isFalse();
        assertThat(copy.unfeedable()).isEqualTo("no embedder and no vector for space c");
    }

    @Test
    void vectorThatIsChangedBetweenTwoLooks_isNotTaken() {
        StoredDocument present = present(SENT, Map.of("fed", Digest.of(SENT)));
        FollowerCopy copy = copy(present);
        copy.takeStanding(present(Embedding.of(9, 9), present.stamp().written()).project(VECTORS_AND_DIGEST));
        assertThat(copy.unfeedable()).isEqualTo("no embedder and no vector for space c");
    }
}
