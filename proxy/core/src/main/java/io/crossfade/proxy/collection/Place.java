package io.crossfade.proxy.collection;

import org.jspecify.annotations.Nullable;

/**
 * Where in a request something is. Costs next to nothing until it is asked for its name, which happens only when
 * something is wrong there.
 *
 * @param parent what it is a part of; null for a part of the request itself
 * @param position in a repeated field, else -1
 */
record Place(@Nullable Place parent, String field, int position) {
    static Place of(String field) {
        return new Place(null, field, -1);
    }

    static Place of(String field, int position) {
        return new Place(null, field, position);
    }

    /** A part of the request itself, or of what stands at {@code parent}. */
    static Place in(@Nullable Place parent, String field) {
        return new Place(parent, field, -1);
    }

    Place part(String field) {
        return new Place(this, field, -1);
    }

    Place part(String field, int position) {
        return new Place(this, field, position);
    }

    @Override
    public String toString() {
        String name = position < 0 ? field : field + "[" + position + "]";
        return parent == null ? name : parent + "." + name;
    }
}
