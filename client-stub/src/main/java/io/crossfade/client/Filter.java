package io.crossfade.client;

/** A condition on metadata or id, made by {@link Filters}. Immutable. */
public final class Filter {
    private final io.crossfade.v1.Filter proto;

    Filter(io.crossfade.v1.Filter proto) {
        this.proto = proto;
    }

    io.crossfade.v1.Filter toProto() {
        return proto;
    }

    /** Both hold. */
    public Filter and(Filter other) {
        return Filters.all(this, other);
    }

    /** At least one holds. */
    public Filter or(Filter other) {
        return Filters.any(this, other);
    }

    /** What it says does not hold; true for a document without the key. */
    public Filter not() {
        return new Filter(io.crossfade.v1.Filter.newBuilder().setNot(proto).build());
    }

    @Override
    public String toString() {
        return proto.toString();
    }
}
