package io.crossfade.proxy.driver.crossfade;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.proxy.wire.Operators;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.Document;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.QueryResponse;
import io.crossfade.v1.SpaceUse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the other Crossfade says of the collection, once that has been found to be the configured index.
 *
 * @param spaces by field, the space's name there: spaces are the same by fingerprint, and each side names its own
 * @param batch most documents in one call
 */
record RemoteCollection(Map<String, String> spaces, Set<Filter.Operator> filterOperators, int batch) {
    /**
     * @throws IndexException of kind MISMATCH that names the first difference
     */
    static RemoteCollection check(IndexDefinition index, DescribeCollectionResponse there) {
        Map<String, SpaceUse> uses = there.getSpacesList().stream()
                .filter(SpaceUse::getServing)
                .collect(toMap(SpaceUse::getField, use -> use));
        String name = "indexes." + index.name();
        if (!uses.keySet().equals(index.vectors().keySet())) {
            throw mismatch(
                    name + ".vectors",
                    index.vectors().keySet().toString(),
                    "the fields of collection " + there.getCollection() + ": " + uses.keySet());
        }
        index.vectors()
                .forEach((field, space) -> check(name + ".vectors." + field, space, requireNonNull(uses.get(field))));
        if (index.text().isOwn() && there.getTextFieldsCount() > 0) {
            throw mismatch(name + ".text", "none", "fields " + there.getTextFieldsList() + ", as there");
        }
        return new RemoteCollection(
                uses.values().stream().collect(toMap(SpaceUse::getField, SpaceUse::getSpace)),
                operators(there),
                there.getLimits().getBatch());
    }

    /** The name that the field's space has there. */
    String space(String field) {
        return spaces.getOrDefault(field, "");
    }

    List<StoredDocument> read(List<Document> documents) {
        return documents.stream().map(this::read).toList();
    }

    List<Hit> readHits(String field, QueryResponse response) {
        requireSpace(field, response.getSpace());
        return response.getHitsList().stream()
                .map(hit -> new Hit(read(hit.getDocument()), hit.getScore()))
                .toList();
    }

    /**
     * Reads a document. The other side may have flipped to an index of another space since; equal dimensions would hide
     * it.
     */
    private StoredDocument read(Document document) {
        for (NamedVector vector : document.getVectorsList()) {
            requireSpace(vector.getField(), vector.getSpace());
        }
        return Documents.readStored(document);
    }

    private void requireSpace(String field, String space) {
        if (!space.equals(spaces.get(field))) {
            throw mismatch("vectors." + field + ".space", space, space(field) + ", as when the index was opened");
        }
    }

    private static void check(String name, Space here, SpaceUse there) {
        if (!here.fingerprint().equals(there.getFingerprint())) {
            throw mismatch(
                    name,
                    describe(here.name(), here.dimensions(), here.metric().name(), here.fingerprint()),
                    describe(
                                    there.getSpace(),
                                    there.getDimensions(),
                                    ShortNames.of(there.getMetric()),
                                    there.getFingerprint())
                            + ", as there");
        }
    }

    private static String describe(String name, int dimensions, String metric, String fingerprint) {
        return "space " + name + " of " + dimensions + " dimensions, " + metric.toLowerCase(Locale.ROOT)
                + ", fingerprint " + fingerprint;
    }

    private static Set<Filter.Operator> operators(DescribeCollectionResponse there) {
        return there.getFilterOperatorsList().stream()
                .map(Operators::read)
                .flatMap(Optional::stream)
                .collect(toUnmodifiableSet());
    }

    private static IndexException mismatch(String name, String here, String expected) {
        return new IndexException(IndexException.Kind.MISMATCH, name + ": " + here + " (expected: " + expected + ")");
    }
}
