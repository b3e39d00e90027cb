package io.crossfade.proxy.rocks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * RocksDB's native code, loaded once per process and unpacked to a fixed place. Its own way is a new temporary file in
 * each process, which a killed process leaves behind: 17 MB each time.
 */
public final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * @param directory of this process alone
     */
    public static synchronized void load(Path directory) {
        try {
            Files.createDirectories(directory);
            NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
        } catch (IOException | UnsatisfiedLinkError e) {
            // Perhaps mounted without the right to execute: then RocksDB's own way may still do.
            RocksDB.loadLibrary();
            return;
        }
        RocksDB.loadLibrary();
    }
}
