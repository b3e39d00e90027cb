package io.crossfade.proxy.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Canonical digest of what an index holds: equal documents have equal digests in every engine. Content is the first 16
 * bytes of a SHA-256 over text and metadata (keys sorted, every part preceded by its type and length).
 *
 * @param content of text and metadata
 * @param vectors of each vector, by field
 * @param source identity of what vectors of other spaces are made from; "" unless it was asked for: no engine knows it
 */
public record Digest(ByteBuffer content, Map<String, Long> vectors, String source) {
    private static final int CONTENT_BYTES = 16;

    public Digest {
        vectors = Map.copyOf(vectors);
    }

    /** Makes a digest without a source. */
    public Digest(ByteBuffer content, Map<String, Long> vectors) {
        this(content, vectors, "");
    }

    public static Digest of(@Nullable String text, Map<String, Value> metadata, Map<String, Embedding> vectors) {
        MessageDigest hash = newHash();
        if (text == null) {
            hash.update((byte) '-');
        } else {
            add(hash, 't', text);
        }
        addFields(hash, metadata);
        Map<String, Long> byField = new HashMap<>();
        vectors.forEach((field, vector) -> byField.put(field, of(vector)));
        return new Digest(ByteBuffer.wrap(Arrays.copyOf(hash.digest(), CONTENT_BYTES)), byField);
    }

    /** Digest of one vector's bytes. */
    public static long of(Embedding vector) {
        return vector.digest();
    }

    static long of(ByteBuffer bytes) {
        MessageDigest hash = newHash();
        hash.update(bytes);
        return ByteBuffer.wrap(hash.digest()).getLong();
    }

    static byte[] hash(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] sha256(byte[] bytes) {
        return newHash().digest(bytes);
    }

    private static void add(MessageDigest hash, char type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        addNumber(hash, type, bytes.length);
        hash.update(bytes);
    }

    private static void addNumber(MessageDigest hash, char type, long number) {
        hash.update(ByteBuffer.allocate(1 + Long.BYTES)
                .put((byte) type)
                .putLong(number)
                .flip());
    }

    private static void addFields(MessageDigest hash, Map<String, Value> fields) {
        addNumber(hash, '{', fields.size());
        new TreeMap<>(fields).forEach((key, value) -> {
            add(hash, 'k', key);
            add(hash, value);
        });
    }

    private static void addItems(MessageDigest hash, List<Value> items) {
        addNumber(hash, '[', items.size());
        items.forEach(item -> add(hash, item));
    }

    private static void add(MessageDigest hash, Value value) {
        switch (value.kind()) {
            case TEXT -> add(hash, 's', ((Value.Text) value).value());
            case INT64 -> addNumber(hash, 'i', ((Value.Int64) value).value());
            case FLOAT64 -> addNumber(hash, 'd', Double.doubleToLongBits(((Value.Float64) value).value()));
            case BOOL -> addNumber(hash, 'b', ((Value.Bool) value).value() ? 1 : 0);
            case ITEMS -> addItems(hash, ((Value.Items) value).values());
            case FIELDS -> addFields(hash, ((Value.Fields) value).values());
            case NULL -> hash.update((byte) '0');
        }
    }

    private static MessageDigest newHash() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
