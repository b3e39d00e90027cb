package io.crossfade.client;

import io.crossfade.v1.QueryRequest;

/**
 * What to look for and how. Immutable: each method returns a new one.
 *
 * <pre>{@code
 * Search.text("shoes for a marathon").topK(10).where(Filters.lt("price", 100))
 * Search.vector("minilm", oldQuery).orVector("bge", newQuery)   // answered on either side of a flip
 * }</pre>
 */
public final class Search {
    private static final int DEFAULT_TOP_K = 10;

    private final QueryRequest proto;

    private Search(QueryRequest.Builder proto) {
        this.proto = proto.build();
    }

    /** By text, which the sidecar embeds for the space that serves. */
    public static Search text(String text) {
        return new Search(base().setText(text));
    }

    public static Search vector(String space, float... values) {
        return vector(Vector.of(space, values));
    }

    /** In the vector's field. */
    public static Search vector(Vector vector) {
        return new Search(base().setField(vector.field()).addVectors(vector.toProto()));
    }

    /** By the vector of a stored document. */
    public static Search like(Key key) {
        return new Search(base().setNamespace(key.namespace()).setId(key.id()));
    }

    private static QueryRequest.Builder base() {
        return QueryRequest.newBuilder().setTopK(DEFAULT_TOP_K);
    }

    QueryRequest toProto(String collection) {
        return proto.toBuilder().setCollection(collection).build();
    }

    /** The same query as a vector of another space; the one that serves is used. */
    public Search orVector(String space, float... values) {
        Vector vector = new Vector(proto.getField(), space, values);
        return new Search(proto.toBuilder().addVectors(vector.toProto()));
    }

    /** How many hits; 10 unless set. */
    public Search topK(int topK) {
        return new Search(proto.toBuilder().setTopK(topK));
    }

    /** Leaves out the first ones. */
    public Search offset(int offset) {
        return new Search(proto.toBuilder().setOffset(offset));
    }

    public Search where(Filter filter) {
        return new Search(proto.toBuilder().setFilter(filter.toProto()));
    }

    public Search namespace(String namespace) {
        return new Search(proto.toBuilder().setNamespace(namespace));
    }

    /** Vector field to search, of a query by text or document. */
    public Search field(String field) {
        return new Search(proto.toBuilder().setField(field));
    }

    /** Leaves out worse hits while this space serves. Spaces score differently, so each needs its own. */
    public Search minScore(String space, double score) {
        return new Search(proto.toBuilder().putMinScore(space, score));
    }

    /** What hits carry; metadata unless set. */
    public Search include(Part... parts) {
        return new Search(proto.toBuilder().setInclude(Part.include(parts)));
    }

    /** A search setting of the engine, such as {@code "ef"}. */
    public Search param(String name, Object value) {
        return new Search(proto.toBuilder().putParams(name, Values.toProto(value)));
    }
}
