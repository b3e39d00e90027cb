package io.crossfade.proxy.serve;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes that are added at one end and forgotten at the other; each keeps its position for good. They lie in pages, so
 * that memory follows what is kept and nothing is ever moved. Lossless; its user bounds it. Guarded by its user.
 */
final class ByteQueue {
    private static final int PAGE_BITS = 14;
    static final int PAGE = 1 << PAGE_BITS;
    private static final int FEWEST_PAGES = 4;
    private static final byte[] NO_PAGE = {};
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** A page is found under the low bits of its number. */
    private byte[][] pages = none(FEWEST_PAGES);

    private int held;
    private long head;
    private long tail;

    private static byte[][] none(int size) {
        byte[][] pages = new byte[size][];
        Arrays.fill(pages, NO_PAGE);
        return pages;
    }

    /** The position of the oldest byte. */
    long head() {
        return head;
    }

    /** The position of the next byte. */
    long tail() {
        return tail;
    }

    /** What the pages take. */
    long bytes() {
        return (long) held << PAGE_BITS;
    }

    /** What the pages would take with so many bytes more. */
    long bytesWith(int more) {
        return ((tail + more - 1 >> PAGE_BITS) - (head >> PAGE_BITS) + 1) << PAGE_BITS;
    }

    /** Adds bytes; returns the position of the first. */
    long add(byte[] bytes) {
        long position = tail;
        for (int from = 0; from < bytes.length; ) {
            int at = offset(tail);
            int length = Math.min(PAGE - at, bytes.length - from);
            System.arraycopy(bytes, from, pageToWrite(tail >> PAGE_BITS), at, length);
            from += length;
            tail += length;
        }
        return position;
    }

    private byte[] pageToWrite(long number) {
        long first = head >> PAGE_BITS;
        if (number - first >= pages.length) {
            grow(first);
        }
        byte[] page = pages[slot(number)];
        if (page == NO_PAGE) {
            page = new byte[PAGE];
            pages[slot(number)] = page;
            held++;
        }
        return page;
    }

    private void grow(long first) {
        byte[][] larger = none(pages.length * 2);
        for (long number = first; number < first + pages.length; number++) {
            larger[(int) (number & (larger.length - 1))] = pages[slot(number)];
        }
        pages = larger;
    }

    private int slot(long number) {
        return (int) (number & (pages.length - 1));
    }

    private static int offset(long position) {
        return (int) (position & (PAGE - 1));
    }

    private byte[] page(long position) {
        return pages[slot(position >> PAGE_BITS)];
    }

    /** The four bytes from a position on, as a number. */
    int getInt(long position) {
        int at = offset(position);
        return at <= PAGE - Integer.BYTES
                ? (int) INTS.get(page(position), at)
                : (int) INTS.get(get(position, Integer.BYTES), 0);
    }

    /** Changes the four bytes from a position on. */
    void setInt(long position, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            page(position + i)[offset(position + i)] = (byte) (value >>> Byte.SIZE * (Integer.BYTES - 1 - i));
        }
    }

    /** The eight bytes from a position on, as a number. */
    long getLong(long position) {
        return (long) getInt(position) << Integer.SIZE | getInt(position + Integer.BYTES) & 0xffff_ffffL;
    }

    /** A copy of the bytes from a position on. */
    byte[] get(long position, int length) {
        byte[] bytes = new byte[length];
        for (int to = 0; to < length; ) {
            int at = offset(position + to);
            int part = Math.min(PAGE - at, length - to);
            System.arraycopy(page(position + to), at, bytes, to, part);
            to += part;
        }
        return bytes;
    }

    /** Forgets all bytes before a position, which must not be beyond the end. */
    void removeBefore(long position) {
        if (position < head || position > tail) {
            throw new IllegalArgumentException("position: " + position + " (expected: " + head + " to " + tail + ")");
        }
        for (long number = head >> PAGE_BITS; number < position >> PAGE_BITS; number++) {
            pages[slot(number)] = NO_PAGE;
            held--;
        }
        head = position;
    }
}
