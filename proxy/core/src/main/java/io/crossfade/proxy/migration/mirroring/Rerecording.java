package io.crossfade.proxy.migration.mirroring;

import io.crossfade.proxy.model.VersionClock;
import io.crossfade.proxy.write.journal.Journal;
import io.crossfade.proxy.write.journal.JournalStore;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Parked;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a journal records when its disk is there again: what is open and what is parked, as memory knows it. A range that was
 * dirty stays so, because a process that is killed before that would not have known. What is to be found again comes first,
 * and what is to be forgotten last, so that a kill in between forgets nothing.
 */
record Rerecording(Marks marks, Parked parked, VersionClock versions, Runnable onRecovered)
        implements Journal.Recovery {
    @Override
    public List<JournalStore.Change> everything(JournalStore.Contents found) {
        List<JournalStore.Change> changes = new ArrayList<>();
        Set<Long> open = new HashSet<>();
        marks.records().forEach(mark -> {
            open.add(mark.sequence());
            changes.add(new JournalStore.Change.Open(mark));
        });
        parked.list(Integer.MAX_VALUE).forEach(document -> changes.add(new JournalStore.Change.Park(document)));
        changes.add(new JournalStore.Change.HighestVersion(versions.last()));
        found.marks().stream()
                .filter(mark -> !open.contains(mark.sequence()))
                .forEach(mark -> changes.add(new JournalStore.Change.Close(mark.sequence())));
        found.parked().stream()
                .filter(document -> !parked.isParked(document.key()))
                .forEach(document -> changes.add(new JournalStore.Change.Unpark(document.key())));
        return changes;
    }

    @Override
    public void recovered() {
        onRecovered.run();
    }
}
