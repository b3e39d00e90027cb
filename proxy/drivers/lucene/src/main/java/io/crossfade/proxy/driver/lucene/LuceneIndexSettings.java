package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The options of driver {@code lucene}.
 *
 * @param path relative to the sidecar's data directory; by default the name of the index
 * @param commitInterval Lucene commits at the latest so long after a change
 * @param commitDocuments and after so many changes. Changes that are not committed are indexed again at the next start
 * @param m neighbours of a node in the graph
 * @param beamWidth candidates while a node is added
 * @param ef candidates of a search at least. A query's parameter {@code ef} goes before it
 * @param bufferMib memory for new segments of each Lucene index
 * @param sync whether a write waits for the disk, to survive a power loss too
 */
record LuceneIndexSettings(
        @Nullable Path path,
        @Default("30s") Duration commitInterval,
        @Default("10000") int commitDocuments,
        @Default("16") int m,
        @Default("100") int beamWidth,
        @Default("100") int ef,
        @Default("16") int bufferMib,
        @Default("false") boolean sync) {
    LuceneIndexSettings {
        new Check()
                .positive("commit_interval", commitInterval)
                .between("commit_documents", commitDocuments, 1, 1_000_000)
                .between("m", m, 2, 512)
                .between("beam_width", beamWidth, 1, 3200)
                .between("ef", ef, 1, 10_000)
                .between("buffer_mib", bufferMib, 1, 1024)
                .done();
    }

    static LuceneIndexSettings of(IndexDefinition definition) {
        return definition.options(LuceneIndexSettings.class);
    }

    /** The directory of an index of this name. */
    Path path(String name) {
        return path == null || path.toString().isBlank() ? Path.of(name) : path;
    }
}
