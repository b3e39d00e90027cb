package io.crossfade.proxy.migration.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;

/** A pair of indexes under a migration, and one document. */
abstract class ReconcileFixture {
    static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    Pair carrying() {
        Pair pair = new Pair(directory);
        pair.begin(Phase.MIRRORING);
        return pair;
    }

    Pair embedding(Docs.Model model) {
        Pair pair = new Pair(directory, "b", TextSource.OWN, Map.of("", model));
        pair.begin(Phase.MIRRORING);
        return pair;
    }

    static void written(Pair pair, WriteOp op) {
        pair.write(op);
        pair.pass(1_000);
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    static CompletableFuture<Reconciler.Result> reconcile(Pair pair) {
        var result = pair.migration().reconciler().reconcile(pair.paired(), List.of(KEY), Embedder.Use.BACKFILL);
        pair.settle();
        return result;
    }

    static void assertQuietAndEqual(Pair pair) {
        pair.pass(5_000);
        assertThat(pair.migration().marks().pendingKeys()).isZero();
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo(Docs.value(pair.onPrimary(KEY)));
    }
}
