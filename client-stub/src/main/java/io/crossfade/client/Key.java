package io.crossfade.client;

/**
 * Names a document inside a collection.
 *
 * @param namespace tenant, shard key or routing value; "" if unused
 * @param id given by the application; 1 to 512 bytes of UTF-8
 */
public record Key(String namespace, String id) {
    /** A key without a namespace. */
    public static Key of(String id) {
        return new Key("", id);
    }

    static Key of(io.crossfade.v1.Key proto) {
        return new Key(proto.getNamespace(), proto.getId());
    }

    io.crossfade.v1.Key toProto() {
        return io.crossfade.v1.Key.newBuilder()
                .setNamespace(namespace)
                .setId(id)
                .build();
    }
}
