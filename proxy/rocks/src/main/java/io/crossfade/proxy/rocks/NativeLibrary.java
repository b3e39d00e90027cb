package io.crossfade.proxy.rocks;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocksDB's native code, loaded once per process and unpacked to a fixed place. Its own way is a new temporary file in
 * each process, which a killed process leaves behind: 17 MB each time. What an earlier process unpacked is used again
 * if its checksum is that of the jar.
 */
public final class NativeLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
    private static final String PACKED = Environment.getJniLibraryFileName("rocksdb");
    /** The name that {@link RocksDB#loadLibrary(List)} looks for. */
    private static final String UNPACKED = Environment.getJniLibraryFileName("rocksdbjni");

    private static final int CHUNK = 64 * 1024;

    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * @param directory of this process alone
     */
    public static synchronized void load(Path directory) {
        if (loaded) {
            return;
        }
        try {
            unpack(Files.createDirectories(directory));
            RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
        } catch (IOException | UnsatisfiedLinkError e) {
            // Perhaps mounted without the right to execute: then RocksDB's own way may still do.
            LOG.warn("{}: native code cannot be loaded from here, unpacked to a temporary file instead", directory, e);
            RocksDB.loadLibrary();
        }
        loaded = true;
    }

    /**
     * Unpacks the library, which comes to its place whole or not at all; a process that has loaded an older one keeps
     * that.
     */
    static void unpack(Path directory) throws IOException {
        Path library = directory.resolve(UNPACKED);
        URL packed = RocksDB.class.getResource("/" + PACKED);
        if (packed == null) {
            throw new IOException(PACKED + ": not in the jar");
        }
        URLConnection connection = packed.openConnection();
        if (connection instanceof JarURLConnection jar && isUnpacked(library, jar.getJarEntry())) {
            return;
        }
        Path whole = library.resolveSibling(UNPACKED + ".new");
        try (InputStream content = connection.getInputStream()) {
            Files.copy(content, whole, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(whole, library, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isUnpacked(Path library, JarEntry packed) throws IOException {
        return Files.exists(library) && Files.size(library) == packed.getSize() && checksum(library) == packed.getCrc();
    }

    private static long checksum(Path file) throws IOException {
        CRC32 crc = new CRC32();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(chunk) >= 0) {
                crc.update(chunk.flip());
                chunk.clear();
            }
        }
        return crc.getValue();
    }
}
