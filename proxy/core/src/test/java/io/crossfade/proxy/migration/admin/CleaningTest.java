package io.crossfade.proxy.migration.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CleaningTest {
    private static final int DOCUMENTS = 600;

    @TempDir
    Path directory;

    private Fleet fleet;
    private boolean cancelled;
    private int pages;

    @BeforeEach
    void begin() {
        fleet = new Fleet(directory, 1).start();
        write("first");
    }

    private void write(String value) {
        for (int i = 0; i < DOCUMENTS; i++) {
            fleet.await(fleet.first().write(Docs.put(Key.of("k" + i), "a", value + i)));
        }
    }

    private void complete() {
        fleet.migrated();
        write("second");
        fleet.pass(5_000);
        fleet.await(fleet.first().flip());
        fleet.await(fleet.first().complete());
    }

    private Cleaned clean(String index, double perSecond) {
        Cleaning.Listener listener = new Cleaning.Listener() {
            @Override
            public void reached(Cleaned done) {
                pages++;
            }

            @Override
            public boolean isCancelled() {
                return cancelled;
            }
        };
        return fleet.await(fleet.first().admin().clean(index, perSecond, listener));
    }

    private static List<StoredDocument> stamped(Engine engine) {
        return engine.contents().values().stream()
                .filter(document -> !document.stamp().equals(Stamp.NONE))
                .toList();
    }

    @Test
    void indexThatWasLeft_bearsNothingOfOurs_andItsDocumentsAreAsTheyWere() {
        complete();
        assertThat(stamped(fleet.primary)).isNotEmpty();
        assertThat(clean("old", 0)).isEqualTo(new Cleaned(DOCUMENTS, DOCUMENTS, 0));

        assertThat(stamped(fleet.primary)).isEmpty();
        assertThat(fleet.primary.attributes()).isEmpty();
        assertThat(fleet.primary.contents().values())
                .allSatisfy(document -> assertThat(Docs.value(document))
                        .isEqualTo("second" + document.key().id().substring(1)));
        assertThat(stamped(fleet.migration)).hasSize(DOCUMENTS);
    }

    @Test
    void indexThatServes_keepsItsNotes_andIsKnownAgain() {
        complete();
        clean("new", 0);

        assertThat(stamped(fleet.migration)).isEmpty();
        assertThat(fleet.migration.attributes()).isNotEmpty();
        fleet.first().kill();
        fleet.first().start();
        fleet.until(fleet.first()::isServing);
        fleet.await(fleet.first().write(Docs.put(Key.of("k0"), "a", "third")));
        assertThat(Docs.value(fleet.migration.document(Key.of("k0")))).isEqualTo("third");
    }

    @Test
    void migrationBegins_itEnds() {
        complete();
        var cleaning = fleet.first().admin().clean("new", 100, new Cleaning.Listener() {
            @Override
            public void reached(Cleaned done) {}

            @Override
            public boolean isCancelled() {
                return false;
            }
        });
        fleet.pass(1_000);
        fleet.await(fleet.first().admin().start(new Admin.StartRequest("old", Map.of(), false, Optional.empty())));
        fleet.pass(10_000);

        assertThat(cleaning)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("a migration begins: clean again when it has ended");
    }

    @Test
    void duringAMigration_isRefused() {
        fleet.migrated();

        assertThatThrownBy(() -> clean("old", 0)).hasMessageContaining("phase: MIRRORING (expected: SINGLE");
    }

    @Test
    void paced_takesItsTime() {
        complete();
        long began = fleet.time.nanos();
        clean("old", 100);

        assertThat((fleet.time.nanos() - began) / 1_000_000_000).isBetween(3L, 7L);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void engineFails_whatIsLeftIsCounted_andTheNotesStay_untilItIsBegunAgain() {
        complete();
        fleet.first().toPrimary().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        Cleaned first = clean("old", 0);

        assertThat(first.left()).isPositive();
        assertThat(first.cleaned() + first.left()).isEqualTo(DOCUMENTS);
        assertThat(fleet.primary.attributes()).isNotEmpty();
        assertThat(clean("old", 0)).isEqualTo(new Cleaned(DOCUMENTS, first.left(), 0));
        assertThat(fleet.primary.attributes()).isEmpty();
    }

    @Test
    void stampsAreNotTheIndexesOwn_isRefusedWithWhoseTheyAre() {
        complete();
        fleet.first()
                .toPrimary()
                .faults()
                .plan(FaultPlan.always(new Fault.Refuse(new Outcome.Rejected("stamps: kept by the other Crossfade"))));

        assertThatThrownBy(() -> clean("old", 0))
                .hasMessageContaining("index: old: stamps: kept by the other Crossfade");
    }

    /** Or whoever has not heard of the migration would write there again. */
    @Test
    void collectionHasMovedAway_thatStaysNoted() {
        fleet.first().kill();
        fleet.setting.claim(Duration.ofSeconds(10));
        fleet.first().start();
        fleet.until(fleet.first()::isServing);
        complete();
        clean("old", 0);

        assertThat(fleet.primary.attributes()).containsOnlyKeys("crossfade.claim");
    }

    @Test
    void unknownIndexAndNegativePace_areRefused() {
        assertThatThrownBy(() -> clean("nowhere", 0))
                .hasMessageContaining("index: nowhere (expected: one of [new, old])");
        assertThatThrownBy(() -> clean("old", -1)).hasMessageContaining("documents_per_second: -1.0 (expected: >= 0)");
    }

    @Test
    void callerLeaves_itEnds() {
        complete();
        cancelled = true;

        assertThatThrownBy(() -> clean("old", 0)).hasMessageContaining("cancelled");
        assertThat(stamped(fleet.primary)).hasSize(DOCUMENTS);
    }
}
