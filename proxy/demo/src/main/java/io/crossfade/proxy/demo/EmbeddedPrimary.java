package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.process.Layout;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An index that lives and dies with the sidecar.
 *
 * @param folder of its files
 */
record EmbeddedPrimary(Path folder) implements Primary {
    @Override
    public String name() {
        return "embedded";
    }

    @Override
    public Layout.OldIndex settings() {
        return new Layout.OldIndex("driver: lucene, path: \"" + folder + "\"", false);
    }

    @Override
    public Words opening() {
        return new Words(
                "Load",
                "an app loads definitions into " + Layout.OLD_INDEX
                        + "; its sidecar embeds them with all-MiniLM-L6-v2");
    }

    @Override
    public void kill() {}

    @Override
    public void restart() {}

    @Override
    public String victims() {
        return "the sidecar is killed (SIGKILL), with the old index inside";
    }

    @Override
    public Optional<Index> look(String name, String space) {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
