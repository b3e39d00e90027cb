package io.crossfade.proxy.store.file;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.StoreDefinition;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** Store {@code file}: a directory of this sidecar. */
public final class FileControlStoreProvider implements ControlStoreProvider {
    @Override
    public String store() {
        return "file";
    }

    @Override
    public void check(StoreDefinition definition) {
        settings(definition);
    }

    private static FileStoreSettings settings(StoreDefinition definition) {
        return definition.options(FileStoreSettings.class);
    }

    @Override
    public ControlStore open(StoreDefinition definition, Context context) throws IOException {
        Path directory = context.dataDirectory().resolve(settings(definition).dir());
        try {
            return FileControlStore.open(directory, context.time());
        } catch (FileSystemException e) {
            throw new IOException(
                    "control.dir: " + directory + ": " + e + " (expected: a directory this process can write)", e);
        }
    }
}
