package io.crossfade.proxy.migration.reconcile;

import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.write.Sources;
import io.crossfade.proxy.write.journal.Mark;
import io.crossfade.proxy.write.journal.MarkRecord;
import io.crossfade.proxy.write.journal.Marks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Vectors that clients sent for the follower, kept with the marks that a reconcile has captured. They may only be put
 * beside what they were made from. A write above the version that the leader holds was not accepted, unless the leader
 * has said so: what has not been accepted neither gives vectors nor makes any void. The write that the leader shows
 * landed last, whatever its version: one that was not answered in time can land behind a later one.
 *
 * @param version of the leader's document
 * @param unseen the document may be of a write without a mark here: of another sidecar, or one whose record is lost
 */
record KeptVectors(Marks.Capture capture, long version, boolean unseen) {
    /** The vectors that count for a document made of these sources, oldest first. */
    List<NamedVector> of(Sources sources) {
        List<NamedVector> kept = new ArrayList<>();
        for (MarkRecord write : acceptedWrites()) {
            if (write.replacesContent()) {
                kept.clear();
            }
            if (!write.kept().isEmpty() && counts(write, sources)) {
                kept.addAll(write.kept());
            }
        }
        return kept;
    }

    private List<MarkRecord> acceptedWrites() {
        return capture.ended().stream()
                .filter(mark -> mark.isApplied() || mark.record().version() <= version)
                .map(Mark::record)
                .filter(MarkRecord::isOfWrite)
                .sorted(Comparator.comparing((MarkRecord record) -> record.version() == version)
                        .thenComparingLong(MarkRecord::version))
                .toList();
    }

    /**
     * Whether the vectors of a write count. Vectors sent alone do not say what they were made from: they count as long
     * as no unseen write came after.
     */
    private boolean counts(MarkRecord write, Sources sources) {
        if (!write.source().isEmpty()) {
            return write.source().equals(sources.identity());
        }
        return unseen ? write.version() == version : standsForTheDocument();
    }

    private boolean standsForTheDocument() {
        return capture.ended().stream().anyMatch(mark -> mark.record().version() == version);
    }

    /**
     * Whether some do not say what they were made from, while the document is of a write that has not been captured.
     */
    boolean areInDoubt() {
        return !standsForTheDocument()
                && acceptedWrites().stream()
                        .anyMatch(write ->
                                write.source().isEmpty() && !write.kept().isEmpty());
    }
}
