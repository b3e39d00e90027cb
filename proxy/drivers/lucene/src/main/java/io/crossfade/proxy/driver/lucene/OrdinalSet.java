package io.crossfade.proxy.driver.lucene;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** A set of ordinals, in bitmaps of 65,536. Built by one thread, then only read. */
final class OrdinalSet {
    private static final int PAGE_BITS = 16;
    private static final int IN_PAGE = (1 << PAGE_BITS) - 1;

    private final Map<Long, BitSet> pages = new HashMap<>();
    private long lastPage = -1;
    private BitSet lastBits = new BitSet();
    private long size;

    void add(long ordinal) {
        BitSet bits = page(ordinal >>> PAGE_BITS);
        int bit = (int) (ordinal & IN_PAGE);
        if (!bits.get(bit)) {
            bits.set(bit);
            size++;
        }
    }

    /** The page's bitmap. Neighbours come together, so the page before is mostly this one again. */
    private BitSet page(long page) {
        if (page != lastPage) {
            lastPage = page;
            lastBits = pages.computeIfAbsent(page, number -> new BitSet());
        }
        return lastBits;
    }

    boolean contains(long ordinal) {
        BitSet bits = pages.get(ordinal >>> PAGE_BITS);
        return bits != null && bits.get((int) (ordinal & IN_PAGE));
    }

    long size() {
        return size;
    }
}
