package io.crossfade.proxy.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Collection.ScanCall;
import io.crossfade.proxy.collection.Collection.ScanReply;
import io.crossfade.proxy.collection.Slice;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scans of a part, of which no index knows anything. */
final class SlicedScanTest {
    private static final int DOCUMENTS = 60;

    @TempDir
    private Path directory;

    private static List<StoredDocument> all(Fleet fleet, Slice slice) {
        List<StoredDocument> documents = new ArrayList<>();
        String cursor = "";
        do {
            ScanCall call = new ScanCall(cursor, slice, null, Projection.ALL, "", 7);
            ScanReply reply = fleet.await(fleet.first().collection().scan(call, Duration.ofSeconds(1)));
            assertThat(reply.page().documents()).hasSizeLessThanOrEqualTo(7);
            documents.addAll(reply.page().documents());
            cursor = reply.page().cursor();
        } while (!cursor.isEmpty());
        return documents;
    }

    @Test
    void slicesAreDisjointAndComplete() {
        Fleet fleet = new Fleet(directory, 1).start();
        for (int i = 0; i < DOCUMENTS; i++) {
            fleet.await(fleet.first().write(Docs.put(Key.of("k" + i), "a", "x")));
        }

        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Slice slice = new Slice(i, 5);
            List<StoredDocument> part = all(fleet, slice);
            assertThat(part).isNotEmpty().allMatch(document -> slice.contains(document.key()));
            part.forEach(document -> keys.add(document.key()));
        }
        assertThat(keys).doesNotHaveDuplicates().hasSize(DOCUMENTS);
    }
}
