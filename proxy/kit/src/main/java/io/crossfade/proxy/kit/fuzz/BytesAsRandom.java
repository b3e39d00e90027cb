package io.crossfade.proxy.kit.fuzz;

import java.util.Random;

/** Draws from given bytes, so that a fuzzer steers a generator; once they are used up, it always draws zero. */
public final class BytesAsRandom extends Random {
    private static final long serialVersionUID = 1;

    private final byte[] bytes;
    private int next;

    public BytesAsRandom(byte[] bytes) {
        super(0);
        this.bytes = bytes;
    }

    /** Draws a number from one byte, which is enough for the short lists that generators pick from. */
    @Override
    public int nextInt(int bound) {
        return next < bytes.length ? Byte.toUnsignedInt(bytes[next++]) % bound : 0;
    }
}
