package io.crossfade.client;

import io.crossfade.v1.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A document, to write or as read. Immutable: each method that adds something returns a new one.
 *
 * <pre>{@code
 * Doc.of("sku-1").text("red running shoe").metadata("price", 59).vector("minilm", values)
 * }</pre>
 */
public final class Doc {
    private final Document proto;

    private Doc(Document proto) {
        this.proto = proto;
    }

    /** An empty document without a namespace. */
    public static Doc of(String id) {
        return of(Key.of(id));
    }

    public static Doc of(Key key) {
        return new Doc(Document.newBuilder()
                .setNamespace(key.namespace())
                .setId(key.id())
                .build());
    }

    static Doc of(Document proto) {
        return new Doc(proto);
    }

    Document toProto() {
        return proto;
    }

    /** The text that embedders turn into vectors. */
    public Doc text(String text) {
        return new Doc(proto.toBuilder().setText(text).build());
    }

    /**
     * @param value null, a boolean, a number, a string, a collection or a map of these
     */
    public Doc metadata(String key, @Nullable Object value) {
        return new Doc(proto.toBuilder().putMetadata(key, Values.toProto(value)).build());
    }

    /** Adds all of these. */
    public Doc metadata(Map<String, ? extends @Nullable Object> metadata) {
        Document.Builder builder = proto.toBuilder();
        metadata.forEach((key, value) -> builder.putMetadata(key, Values.toProto(value)));
        return new Doc(builder.build());
    }

    /** Adds a vector of the default field. During a migration a document may carry one for each space. */
    public Doc vector(String space, float... values) {
        return vector(Vector.of(space, values));
    }

    public Doc vector(Vector vector) {
        return new Doc(proto.toBuilder().addVectors(vector.toProto()).build());
    }

    public Key key() {
        return new Key(proto.getNamespace(), proto.getId());
    }

    public String id() {
        return proto.getId();
    }

    public Optional<String> text() {
        return proto.hasText() ? Optional.of(proto.getText()) : Optional.empty();
    }

    /** Integers are Long, other numbers Double, lists List, maps Map. */
    public Map<String, @Nullable Object> metadata() {
        return Values.fromFields(proto.getMetadataMap());
    }

    public List<Vector> vectors() {
        return proto.getVectorsList().stream().map(Vector::of).toList();
    }

    /** Of the last write during a migration; 0 if there was none or the stamp was not asked for. */
    public long version() {
        return proto.getStamp().getVersion();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Doc doc && proto.equals(doc.proto);
    }

    @Override
    public int hashCode() {
        return proto.hashCode();
    }

    @Override
    public String toString() {
        return "Doc[" + key() + "]";
    }
}
