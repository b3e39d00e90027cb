package io.crossfade.proxy.collection;

import io.crossfade.proxy.collection.Description.SpaceUse;
import io.crossfade.proxy.model.NamedVector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks that queries look for something that the serving index understands, within limits. */
final class QueryCheck {
    private final Findings findings;
    private final Description description;
    private final SentVectorCheck vectors;

    QueryCheck(Findings findings, Description description) {
        this.findings = findings;
        this.description = description;
        vectors = new SentVectorCheck(findings, description);
    }

    /**
     * @param in the query; null if it is the request itself
     */
    void check(@Nullable Place in, QueryCall query) {
        checkLengths(in, query);
        checkRange(in, query);
        checkTarget(in, query);
        for (String space : query.minScore().keySet()) {
            vectors.checkName(Place.in(in, "min_score"), space);
            if (Double.isNaN(query.minScore().get(space))) {
                findings.invalid(Place.in(in, "min_score").part(space), "NaN (expected: a number)");
            }
        }
        if (query.filter() != null) {
            new FilterCheck(findings, description).check(Place.in(in, "filter"), query.filter());
        }
    }

    private void checkLengths(@Nullable Place in, QueryCall query) {
        int idBytes = description.limits().idBytes();
        Validation.checkLength(findings, Place.in(in, "namespace"), query.namespace(), idBytes);
        Validation.checkLength(findings, Place.in(in, "id"), query.id(), idBytes);
        Validation.checkLength(
                findings,
                Place.in(in, "text"),
                query.text(),
                description.limits().textBytes());
    }

    private void checkRange(@Nullable Place in, QueryCall query) {
        int most = description.limits().topK();
        if (query.topK() < 1 || query.topK() > most) {
            findings.invalid(
                    Place.in(in, "top_k"), Integer.toUnsignedString(query.topK()) + " (expected: 1 to " + most + ")");
        } else if (query.offset() < 0 || query.offset() > most - query.topK()) {
            findings.invalid(
                    Place.in(in, "offset"),
                    Integer.toUnsignedString(query.offset()) + " (expected: at most " + (most - query.topK())
                            + ", so that offset + top_k is at most " + most + ")");
        }
    }

    private void checkTarget(@Nullable Place in, QueryCall query) {
        SpaceUse serving = serving(query.field());
        if (serving == null) {
            findings.invalid(
                    Place.in(in, "field"),
                    SentVectorCheck.quoted(query.field()) + " (expected: a vector field of index "
                            + description.servingIndex() + ")");
            return;
        }
        List<NamedVector> given = query.vectors();
        if (given.isEmpty() && query.text().isBlank() && query.id().isEmpty()) {
            findings.invalid(Place.in(in, "vectors"), "none, and neither text nor id (expected: one of them)");
        }
        vectors.check(in, given, query.field());
        if (!findings.isInvalid() && !isAnswerable(query, serving)) {
            findings.unmet(Place.in(in, "vectors"), SentVectorCheck.lacks(serving, given));
        }
    }

    private @Nullable SpaceUse serving(String field) {
        for (int i = 0; i < description.spaces().size(); i++) {
            SpaceUse use = description.spaces().get(i);
            if (use.serving() && use.field().equals(field)) {
                return use;
            }
        }
        return null;
    }

    private static boolean isAnswerable(QueryCall query, SpaceUse serving) {
        for (int i = 0; i < query.vectors().size(); i++) {
            if (query.vectors().get(i).space().equals(serving.space().name())) {
                return true;
            }
        }
        return !query.id().isEmpty() || (serving.embeds() && !query.text().isBlank());
    }
}
