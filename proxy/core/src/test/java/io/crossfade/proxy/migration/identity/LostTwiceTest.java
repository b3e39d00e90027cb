package io.crossfade.proxy.migration.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The leader has lost documents, and the journal what it knew of pending writes: what one of both would tell, nobody does. */
final class LostTwiceTest {
    private static final Key NEW = Key.of("k0");
    private static final Key REMOVED = Key.of("k1");
    private static final Key OTHER = Key.of("k2");

    @TempDir
    Path directory;

    @Test
    void documentThatTheFollowerNeverGot_isNotRemoved_andIsNamed() {
        Fleet fleet = verified();
        fleet.first().toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        write(fleet, NEW, "new");
        loseTheJournal(fleet);
        fleet.first().toMigration().faults().plan(FaultPlan.HEALTHY);
        MemoryStore.Copy copy = fleet.primary.copy();
        write(fleet, OTHER, "second");
        fleet.primary.restore(copy);
        fleet.pass(10_000);
        assertThat(recover(fleet)).containsExactly(NEW);
        assertBothHave(fleet, NEW, "new");
        assertBothHave(fleet, OTHER, "second");
    }

    /** Seed 1603. */
    @Test
    void removedDocumentThatIsUpdated_isNamed() {
        Fleet fleet = verified();
        loseTheJournal(fleet);
        MemoryStore.Copy copy = fleet.primary.copy();
        fleet.await(fleet.first().write(Docs.delete(REMOVED)));
        write(fleet, OTHER, "second");
        fleet.primary.restore(copy);
        fleet.await(fleet.first().write(Docs.patch(REMOVED, "note", "n")));
        fleet.pass(10_000);
        assertThat(recover(fleet)).containsExactly(REMOVED);
        assertBothHave(fleet, REMOVED, "first");
    }

    /** An update was made on the older copy, or a write of before has no mark any more. */
    @Test
    void documentWithAnotherTextThatIsNewerOnTheLeader_isNamed() {
        Fleet fleet = verified();
        loseTheJournal(fleet);
        MemoryStore.Copy copy = fleet.primary.copy();
        write(fleet, OTHER, "second");
        write(fleet, REMOVED, "second");
        fleet.primary.restore(copy);
        fleet.first().toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("down"))));
        fleet.await(fleet.first().write(Docs.patch(OTHER, "note", "n")));
        fleet.pass(10_000);
        assertThat(recover(fleet)).containsExactly(OTHER);
        assertBothHave(fleet, OTHER, "first");
    }

    private static void loseTheJournal(Fleet fleet) {
        fleet.first().kill();
        fleet.first().loseMarks();
        fleet.first().start();
        fleet.pass(10_000);
        assertThat(fleet.first().migration().dirty().range()).isPresent();
    }

    /** What it has named. */
    private static List<Key> recover(Fleet fleet) {
        List<Key> unsettled = new ArrayList<>();
        fleet.await(fleet.first().recover(unsettled::add));
        fleet.pass(100);
        return unsettled;
    }

    private static void assertBothHave(Fleet fleet, Key key, String value) {
        fleet.await(fleet.first().verify(true));
        assertThat(Docs.value(fleet.onPrimary().get(key))).isEqualTo(value);
        assertThat(Docs.value(fleet.onMigration().get(key))).isEqualTo(value);
    }

    private Fleet verified() {
        Fleet fleet = new Fleet(directory, 1).start();
        for (Key key : List.of(REMOVED, OTHER)) {
            write(fleet, key, "first");
        }
        fleet.migrated();
        fleet.pass(3_000);
        return fleet;
    }

    private static void write(Fleet fleet, Key key, String value) {
        fleet.await(fleet.first().write(Docs.put(key, "a", value)));
    }
}
