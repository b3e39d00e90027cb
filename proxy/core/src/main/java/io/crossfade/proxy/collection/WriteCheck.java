package io.crossfade.proxy.collection;

import io.crossfade.proxy.collection.Description.SpaceUse;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks the writes of one call: each by itself, and that no key occurs twice. */
final class WriteCheck {
    private final Findings findings;
    private final Description description;
    private final KeyCheck keys;
    private final SentVectorCheck vectors;
    private final MetadataCheck metadata;

    WriteCheck(Findings findings, Description description) {
        this.findings = findings;
        this.description = description;
        keys = new KeyCheck(findings, description.limits());
        vectors = new SentVectorCheck(findings, description);
        metadata = new MetadataCheck(findings, description.limits());
    }

    void check(List<WriteOp> writes) {
        for (int i = 0; i < writes.size(); i++) {
            check(place(writes.get(i), i), writes.get(i));
        }
        if (writes.size() > 1) {
            checkNoKeyTwice(writes);
        }
    }

    /** The place of a write, under the field of the call that carries this kind of write. */
    private static Place place(WriteOp write, int position) {
        String field = switch (write.kind()) {
            case UPSERT -> "documents";
            case UPDATE_METADATA -> "patches";
            case UPDATE_VECTORS -> "updates";
            case DELETE -> "keys";
        };
        return Place.of(field, position);
    }

    private void check(Place place, WriteOp write) {
        switch (write.kind()) {
            case UPSERT -> check(place, ((WriteOp.Upsert) write).document());
            case UPDATE_METADATA -> check(place, (WriteOp.UpdateMetadata) write);
            case UPDATE_VECTORS -> check(place, (WriteOp.UpdateVectors) write);
            case DELETE -> keys.check(place, write.key());
        }
    }

    private void check(Place place, WriteOp.UpdateMetadata update) {
        keys.check(place.part("key"), update.key());
        metadata.check(place.part("patch"), update.patch());
        vectors.check(place, update.vectors());
        if (update.stamp() == null && !update.vectors().isEmpty()) {
            findings.invalid(
                    place.part("vectors"),
                    update.vectors().size() + " (expected: none without a stamp; see UpdateVectors)");
        }
    }

    private void check(Place place, Document document) {
        keys.check(place, document.key());
        vectors.check(place, document.vectors());
        metadata.check(place.part("metadata"), document.metadata());
        if (document.text() != null) {
            checkText(place.part("text"), document.text());
        }
        if (document.stamp() == null) {
            checkFed(place, document);
        }
    }

    private void checkText(Place place, String text) {
        if (!description.textFields().isEmpty()) {
            findings.invalid(
                    place,
                    "given (expected: none; the text is made of metadata keys " + description.textFields() + ")");
        }
        Validation.checkLength(findings, place, text, description.limits().textBytes());
    }

    /**
     * Checks that the index that decides can take the document: from a vector of its space, or from text. Not asked of
     * a document with a stamp: it comes from a Crossfade whose index this is, and is stored as it stands.
     */
    private void checkFed(Place place, Document document) {
        List<SpaceUse> uses = description.spaces();
        for (int i = 0; i < uses.size(); i++) {
            SpaceUse use = uses.get(i);
            if (use.leading()
                    && !SentVectorCheck.has(document.vectors(), use)
                    && !(use.embeds() && hasText(document))) {
                findings.unmet(place, SentVectorCheck.lacks(use, document.vectors()));
            }
        }
    }

    private boolean hasText(Document document) {
        if (description.textFields().isEmpty()) {
            return document.text() != null && !document.text().isBlank();
        }
        for (String field : description.textFields()) {
            if (document.metadata().get(field) instanceof Value.Text part
                    && !part.value().isBlank()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Checks an update that may be meant for either index: teams whose workers embed write the new space's vectors
     * during a migration.
     */
    private void check(Place place, WriteOp.UpdateVectors update) {
        keys.check(place.part("key"), update.key());
        vectors.check(place, update.vectors());
        if (update.stamp() != null) {
            return;
        }
        for (NamedVector vector : update.vectors()) {
            if (description.spaces().stream().anyMatch(use -> SentVectorCheck.is(vector, use))) {
                return;
            }
        }
        if (update.vectors().isEmpty()) {
            findings.invalid(place.part("vectors"), "none (expected: at least 1)");
        } else {
            findings.unmet(place.part("vectors"), "of no space in use (expected: " + vectors.spaceNames() + ")");
        }
    }

    private void checkNoKeyTwice(List<WriteOp> writes) {
        Map<Key, Integer> firsts = new HashMap<>(writes.size() * 2);
        for (int i = 0; i < writes.size(); i++) {
            WriteOp write = writes.get(i);
            Integer first = firsts.putIfAbsent(write.key(), i);
            if (first != null) {
                findings.invalid(place(write, i), "same key as " + place(write, first) + " (expected: each key once)");
            }
        }
    }
}
