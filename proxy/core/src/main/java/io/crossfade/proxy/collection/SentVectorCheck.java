package io.crossfade.proxy.collection;

import io.crossfade.proxy.collection.Description.SpaceUse;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Space;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks that vectors are of a known field and space, have its dimensions, and hold only finite numbers. */
final class SentVectorCheck {
    private final Findings findings;
    private final Description description;

    SentVectorCheck(Findings findings, Description description) {
        this.findings = findings;
        this.description = description;
    }

    /** Checks the vectors of a document, each of which names its field. */
    void check(Place document, List<NamedVector> vectors) {
        for (int i = 0; i < vectors.size(); i++) {
            check(document, vectors, i, vectors.get(i).field());
        }
    }

    /**
     * Checks the vectors of a query, all of which are for the field that it searches.
     *
     * @param query null if it is the request itself
     */
    void check(@Nullable Place query, List<NamedVector> vectors, String field) {
        for (int i = 0; i < vectors.size(); i++) {
            String own = vectors.get(i).field();
            if (own.isEmpty() || own.equals(field)) {
                check(query, vectors, i, field);
            } else {
                findings.invalid(
                        at(query, i).part("field"),
                        quoted(own) + " (expected: the query's field, " + quoted(field) + ")");
            }
        }
    }

    private void check(@Nullable Place in, List<NamedVector> vectors, int position, String field) {
        NamedVector vector = vectors.get(position);
        Space space = spaceOf(in, position, field, vector.space());
        if (space != null) {
            checkNumbers(in, position, vector, space);
        }
        for (int j = 0; j < position; j++) {
            NamedVector other = vectors.get(j);
            if (vector.space().equals(other.space()) && vector.field().equals(other.field())) {
                findings.invalid(at(in, position), "same field and space as vectors[" + j + "] (expected: each once)");
            }
        }
    }

    private static Place at(@Nullable Place in, int position) {
        return new Place(in, "vectors", position);
    }

    /** The space if field and space go together; null, and a violation, if not. */
    private @Nullable Space spaceOf(@Nullable Place in, int position, String field, String name) {
        boolean fieldKnown = false;
        boolean nameKnown = false;
        for (int i = 0; i < description.spaces().size(); i++) {
            SpaceUse use = description.spaces().get(i);
            boolean sameField = use.field().equals(field);
            boolean sameName = use.space().name().equals(name);
            if (sameField && sameName) {
                return use.space();
            }
            fieldKnown |= sameField;
            nameKnown |= sameName;
        }
        if (fieldKnown && !nameKnown) {
            return idle(at(in, position).part("space"), name);
        }
        findings.invalid(
                at(in, position).part(fieldKnown ? "space" : "field"),
                fieldKnown
                        ? quoted(name) + " (expected: a space of field " + quoted(field) + ")"
                        : quoted(field) + " (expected: one of " + fieldNames() + ")");
        return null;
    }

    /** Adds a violation unless it is the name of a configured space. */
    void checkName(Place place, String name) {
        for (int i = 0; i < description.spaces().size(); i++) {
            if (description.spaces().get(i).space().name().equals(name)) {
                return;
            }
        }
        idle(place, name);
    }

    private @Nullable Space idle(Place place, String name) {
        for (Space idle : description.idleSpaces()) {
            if (idle.name().equals(name)) {
                return idle;
            }
        }
        findings.invalid(place, quoted(name) + " (expected: one of " + spaceNames() + ")");
        return null;
    }

    private void checkNumbers(@Nullable Place in, int position, NamedVector vector, Space space) {
        int dimensions = vector.embedding().dimensions();
        if (dimensions != space.dimensions()) {
            findings.invalid(
                    at(in, position),
                    dimensions + " dimensions (expected: " + space.dimensions() + " for space " + space.name() + ")");
            return;
        }
        int bad = vector.embedding().firstNotFinite();
        if (bad >= 0) {
            findings.invalid(
                    at(in, position),
                    vector.embedding().get(bad) + " at dimension " + bad + " (expected: finite numbers)");
        }
    }

    static boolean is(NamedVector vector, SpaceUse use) {
        return vector.space().equals(use.space().name()) && vector.field().equals(use.field());
    }

    static boolean has(List<NamedVector> vectors, SpaceUse use) {
        for (int i = 0; i < vectors.size(); i++) {
            if (is(vectors.get(i), use)) {
                return true;
            }
        }
        return false;
    }

    /** Why the vectors that were given do not feed a field. */
    static String lacks(SpaceUse use, List<NamedVector> given) {
        String space = use.space().name() + (use.field().isEmpty() ? "" : " in field " + use.field());
        String others = given.isEmpty() ? "" : " but of " + String.join(", ", spacesOf(given));
        return use.embeds()
                ? "no vector of space " + space + others + ", and no text (expected: either)"
                : "no vector of space " + space + others + " (expected: one; there is no embedder for text)";
    }

    private static Set<String> spacesOf(List<NamedVector> vectors) {
        Set<String> names = new LinkedHashSet<>();
        vectors.forEach(vector -> names.add(vector.space()));
        return names;
    }

    private List<String> fieldNames() {
        Set<String> names = new LinkedHashSet<>();
        description.spaces().forEach(use -> names.add(quoted(use.field())));
        return new ArrayList<>(names);
    }

    Set<String> spaceNames() {
        Set<String> names = new LinkedHashSet<>();
        description.spaces().forEach(use -> names.add(use.space().name()));
        return names;
    }

    static String quoted(String name) {
        return '"' + name + '"';
    }
}
