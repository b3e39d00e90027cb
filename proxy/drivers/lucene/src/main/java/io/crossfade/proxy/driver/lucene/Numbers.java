package io.crossfade.proxy.driver.lucene;

import java.nio.ByteBuffer;

/** Writes 64-bit numbers as 8 bytes, big-endian: their order is that of the numbers, if these are not negative. */
final class Numbers {
    private Numbers() {}

    static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
