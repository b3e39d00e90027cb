package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.rocks.LogEnd;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of a store, looked at before RocksDB reads them. What a process that was killed has left torn at the end of the
 * last one is cut off, and said so: it was never answered for. Damage anywhere else is refused: behind it there may be writes
 * that were. So it is in the manifest, where RocksDB might never come to an end.
 */
final class StoreLogs {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLogs.class);

    private final DataDirectory directory;

    private StoreLogs(DataDirectory directory) {
        this.directory = directory;
    }

    /**
     * @throws IndexException that names the log and the byte if one is damaged
     */
    static void mend(DataDirectory directory) throws IOException {
        StoreLogs logs = new StoreLogs(directory);
        for (Path manifest : logs.named("MANIFEST-*")) {
            LogEnd end = LogEnd.of(manifest);
            if (!end.isWhole() && !end.torn()) {
                throw logs.damaged(manifest, end);
            }
        }
        List<Path> all = logs.named("*.log");
        for (int i = 0; i < all.size(); i++) {
            logs.mend(all.get(i), i == all.size() - 1);
        }
    }

    private void mend(Path log, boolean isLast) throws IOException {
        LogEnd end = LogEnd.of(log);
        if (end.isWhole()) {
            return;
        } else if (end.wholeBehind() || !isLast) {
            throw damaged(log, end);
        }
        long cut = end.length() - end.whole();
        if (end.torn()) {
            LOG.warn(
                    "{}: the last {} bytes are a torn write, which nobody was answered for; they are cut off",
                    log,
                    cut);
        } else {
            LOG.error(
                    "{}: the last {} bytes are damaged, and are cut off; unless the machine has lost power, a write that was"
                            + " answered for is lost",
                    log,
                    cut);
        }
        end.cut(log);
    }

    private IndexException damaged(Path log, LogEnd end) {
        return directory.problem(
                IndexException.Kind.MISMATCH,
                log.getFileName() + ": damaged at byte " + end.whole() + " of " + end.length(),
                "whole records up to the end of the last log; restore the index, or remove it and copy it anew",
                null);
    }

    /** In the order in which they were written. */
    private List<Path> named(String pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory.store())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.store(), pattern)) {
                files.forEach(found::add);
            }
        }
        found.sort(null);
        return found;
    }
}
