package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Projection;
import java.util.List;

/** Walks over an index. */
final class LuceneScans {
    private LuceneScans() {}

    static long count(VectorIndex index) {
        long count = 0;
        ScanPage page = new ScanPage(List.of(), "");
        do {
            page = index.scan(new ScanQuery(page.cursor(), null, null, Projection.STAMP, 1000), Writer.TIMEOUT)
                    .join();
            count += page.documents().size();
        } while (!page.isLast());
        return count;
    }
}
