package io.crossfade.proxy.kit.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scans that go on to the last page. */
public final class Scans {
    private Scans() {}

    public static List<StoredDocument> all(
            VectorIndex index, @Nullable String namespace, @Nullable Filter filter, int limit) {
        List<StoredDocument> documents = new ArrayList<>();
        String cursor = "";
        do {
            ScanQuery query = new ScanQuery(cursor, namespace, filter, Projection.ALL, limit);
            ScanPage page = index.scan(query, IndexFixture.TIMEOUT).join();
            assertThat(page.documents()).hasSizeLessThanOrEqualTo(limit);
            assertThat(page.cursor()).isNotEqualTo(cursor.isEmpty() ? "-" : cursor);
            documents.addAll(page.documents());
            cursor = page.cursor();
        } while (!cursor.isEmpty());
        return documents;
    }
}
