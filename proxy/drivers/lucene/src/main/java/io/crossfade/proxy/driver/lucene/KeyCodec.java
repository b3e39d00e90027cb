package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.model.Key;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** A key as bytes: the namespace with each 0 followed by 255, then 0 0, then the id. */
final class KeyCodec {
    private static final int ESCAPE = 0xFF;

    private KeyCodec() {}

    static byte[] encode(Key key) {
        byte[] prefix = prefix(key.namespace());
        byte[] id = key.id().getBytes(UTF_8);
        byte[] encoded = Arrays.copyOf(prefix, prefix.length + id.length);
        System.arraycopy(id, 0, encoded, prefix.length, id.length);
        return encoded;
    }

    /** What the keys of a namespace, and no others, begin with. */
    static byte[] prefix(String namespace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(namespace.length() + 2);
        for (byte each : namespace.getBytes(UTF_8)) {
            bytes.write(each);
            if (each == 0) {
                bytes.write(ESCAPE);
            }
        }
        bytes.write(0);
        bytes.write(0);
        return bytes.toByteArray();
    }

    static Key decode(byte[] encoded) {
        ByteArrayOutputStream namespace = new ByteArrayOutputStream();
        int at = 0;
        while (encoded[at] != 0 || encoded[at + 1] != 0) {
            namespace.write(encoded[at]);
            at += encoded[at] == 0 ? 2 : 1;
        }
        return new Key(namespace.toString(UTF_8), new String(encoded, at + 2, encoded.length - at - 2, UTF_8));
    }
}
