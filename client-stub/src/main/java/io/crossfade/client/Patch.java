package io.crossfade.client;

import io.crossfade.v1.MetadataPatch;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of metadata: {@code Patch.set("price", 49).andRemove("sale")}. Immutable: each method returns a new one.
 */
public final class Patch {
    private final MetadataPatch proto;

    private Patch(MetadataPatch.Builder proto) {
        this.proto = proto.build();
    }

    /** Sets a key; other keys stay. */
    public static Patch set(String key, @Nullable Object value) {
        return new Patch(MetadataPatch.newBuilder().putSet(key, Values.toProto(value)));
    }

    public static Patch remove(String key) {
        return new Patch(MetadataPatch.newBuilder().addRemove(key));
    }

    /** These become all of the metadata. */
    public static Patch replaceWith(Map<String, ? extends @Nullable Object> metadata) {
        MetadataPatch.Builder proto = MetadataPatch.newBuilder().setReplace(true);
        metadata.forEach((key, value) -> proto.putSet(key, Values.toProto(value)));
        return new Patch(proto);
    }

    public Patch andSet(String key, @Nullable Object value) {
        return new Patch(proto.toBuilder().putSet(key, Values.toProto(value)));
    }

    public Patch andRemove(String key) {
        return new Patch(proto.toBuilder().addRemove(key));
    }

    MetadataPatch toProto() {
        return proto;
    }
}
