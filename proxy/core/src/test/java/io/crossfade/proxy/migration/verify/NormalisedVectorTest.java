package io.crossfade.proxy.migration.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Engines that give back another vector than they got. */
final class NormalisedVectorTest {
    private static final int DOCUMENTS = 20;

    @TempDir
    private Path directory;

    private static Key key(int number) {
        return Key.of("k" + number);
    }

    private static NamedVector vector(String space, int number) {
        return new NamedVector("", space, Embedding.of(number * 0.37f, 3));
    }

    private Fleet fleet(String newSpace, boolean oldNormalises, boolean newNormalises) {
        Fleet fleet = new Fleet(directory, 1, newSpace, TextSource.OWN, Map.of(), Map.of());
        fleet.primary.cosine(oldNormalises);
        fleet.migration.cosine(newNormalises);
        return fleet.start();
    }

    private static List<Difference> differences(Sidecar sidecar, Fleet fleet) {
        Sidecar.Findings findings = new Sidecar.Findings();
        fleet.await(sidecar.verify(false, findings));
        return findings.found;
    }

    @ParameterizedTest
    @CsvSource({"true,false", "false,true", "true,true"})
    void carriedVectors_areTheSameWhereTheirDirectionsAre(boolean oldNormalises, boolean newNormalises) {
        Fleet fleet = fleet("a", oldNormalises, newNormalises);
        for (int i = 0; i < DOCUMENTS; i++) {
            fleet.await(fleet.first().write(Docs.put(key(i), "x", List.of(vector("a", i)))));
        }
        fleet.migrated();
        for (int i = 0; i < DOCUMENTS; i += 2) {
            fleet.await(fleet.first().write(Docs.put(key(i), "y", List.of(vector("a", i + 1)))));
        }
        assertThat(differences(fleet.first(), fleet)).isEmpty();
        assertThat(fleet.await(fleet.first().flip()).phase()).isEqualTo(Phase.REVERSED);
        fleet.await(fleet.first().write(Docs.put(key(1), "z", List.of(vector("a", 7)))));
        assertThat(differences(fleet.first(), fleet)).isEmpty();

        fleet.primary.changeVector(key(3), Embedding.of(1, 0));
        assertThat(differences(fleet.first(), fleet))
                .extracting(Difference::key)
                .containsExactly(key(3));
    }

    /** What a client's vector of the other space belongs to is said by what was sent, not by what stands. */
    @ParameterizedTest
    @CsvSource({"true,false", "true,true"})
    void vectorsOfAnotherSpace_belongToWhatWasSent(boolean oldNormalises, boolean newNormalises) {
        Fleet fleet = fleet("b", oldNormalises, newNormalises);
        fleet.migrated();
        for (int i = 0; i < DOCUMENTS; i++) {
            WriteOp op = Docs.put(key(i), null, List.of(vector("a", i), vector("b", i + 2)));
            fleet.await(fleet.first().write(op));
        }
        fleet.pass(3_000);
        assertThat(differences(fleet.first(), fleet)).isEmpty();
        fleet.await(fleet.first().admin().reconcile(List.of(key(4), key(5))));
        assertThat(differences(fleet.first(), fleet)).isEmpty();
    }
}
