package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.model.Key;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Points know whole numbers and UUIDs only. An id that is the canonical text of either, without a namespace, is that number
 * or UUID, so that points which others made keep their identity. Every other is hashed to a UUID of version 5, and the
 * payload keeps it: in the UUID's own namespace for URLs, or, of a key with a namespace, in the one that the same hash makes
 * of that.
 */
final class PointIds {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9]\\d{0,19}");
    private static final Pattern CANONICAL =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final BigInteger LARGEST =
            BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
    private static final UUID URLS = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
    private static final long VERSION_BITS = 0xf000L;
    private static final long VERSION = 0x5000L;
    private static final long VARIANT_BITS = 0xc000_0000_0000_0000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private PointIds() {}

    static PointId of(Key key) {
        if (!key.namespace().isEmpty()) {
            return uuid(hashed(hashed(URLS, key.namespace()), key.id()));
        }
        return ofNative(key.id()).orElseGet(() -> uuid(hashed(URLS, key.id())));
    }

    /** The point id that the text is; empty if it is none. */
    static Optional<PointId> ofNative(String id) {
        if (NUMBER.matcher(id).matches() && new BigInteger(id).compareTo(LARGEST) <= 0) {
            return Optional.of(
                    PointId.newBuilder().setNum(Long.parseUnsignedLong(id)).build());
        }
        return CANONICAL.matcher(id).matches()
                ? Optional.of(PointId.newBuilder().setUuid(id).build())
                : Optional.empty();
    }

    /** The text of the point's own id. */
    static String text(PointId id) {
        return id.hasNum() ? Long.toUnsignedString(id.getNum()) : id.getUuid();
    }

    /**
     * The key of a point. What the payload says of it counts only if the point's own id is made of that: a payload key of the
     * same name may be anybody's.
     */
    static Key key(PointId id, Map<String, Value> payload) {
        Value kept = payload.get(PayloadKeys.ID);
        if (kept != null && kept.hasStringValue()) {
            Value namespace = payload.get(PayloadKeys.NAMESPACE);
            Key key = new Key(namespace == null ? "" : namespace.getStringValue(), kept.getStringValue());
            if (of(key).equals(id)) {
                return key;
            }
        }
        return Key.of(text(id));
    }

    /** Whether the payload has to keep the id. */
    static boolean isHashed(Key key) {
        return !key.namespace().isEmpty() || ofNative(key.id()).isEmpty();
    }

    private static PointId uuid(UUID uuid) {
        return PointId.newBuilder().setUuid(uuid.toString()).build();
    }

    /** RFC 9562, version 5. */
    private static UUID hashed(UUID namespace, String name) {
        MessageDigest sha1 = sha1();
        sha1.update(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(namespace.getMostSignificantBits())
                .putLong(namespace.getLeastSignificantBits())
                .flip());
        ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        return new UUID((hash.getLong() & ~VERSION_BITS) | VERSION, (hash.getLong() & ~VARIANT_BITS) | VARIANT);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
