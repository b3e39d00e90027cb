package io.crossfade.proxy.model;

import static java.util.Objects.requireNonNull;

/**
 * The name of a document inside a collection. The order is total and the same everywhere: batches take their lanes in
 * it.
 *
 * @param namespace tenant, shard key or routing value; "" if unused
 * @param id given by the client
 */
public record Key(String namespace, String id) implements Comparable<Key> {
    public Key {
        requireNonNull(namespace, "namespace");
        requireNonNull(id, "id");
    }

    /** A key without a namespace. */
    public static Key of(String id) {
        return new Key("", id);
    }

    @Override
    public int compareTo(Key other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : id.compareTo(other.id);
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? id : namespace + "/" + id;
    }
}
