package io.crossfade.proxy.index;

import io.crossfade.proxy.model.StoredDocument;
import java.util.List;

/**
 * @param cursor where to go on; "" after the last page
 */
public record ScanPage(List<StoredDocument> documents, String cursor) {
    public ScanPage {
        documents = List.copyOf(documents);
    }

    public boolean isLast() {
        return cursor.isEmpty();
    }
}
