package io.crossfade.proxy.read;

import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.write.Sources;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replies that say with the digest what vectors of a document are made from, so that a worker who makes some can say of
 * what they were made. It takes the whole content to know.
 */
record ToldSource(TextSource texts, Projection wanted) {
    /** What has to be read. */
    Projection read() {
        return wanted.digest() ? new Projection(true, true, wanted.vectors(), true) : wanted;
    }

    List<StoredDocument> tell(List<StoredDocument> read) {
        return wanted.digest() ? read.stream().map(this::tell).toList() : read;
    }

    ScanPage tell(ScanPage read) {
        return new ScanPage(tell(read.documents()), read.cursor());
    }

    private StoredDocument tell(StoredDocument document) {
        return new StoredDocument(
                document.key(),
                document.stamp(),
                wanted.text() ? document.text() : null,
                wanted.metadata() ? document.metadata() : Map.of(),
                document.vectors(),
                digest(document, document.digest()));
    }

    private @Nullable Digest digest(StoredDocument document, @Nullable Digest digest) {
        return digest == null
                ? null
                : new Digest(digest.content(), digest.vectors(), Sources.identity(texts, document));
    }
}
