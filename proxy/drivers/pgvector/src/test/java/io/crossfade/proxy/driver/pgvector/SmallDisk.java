package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.local.PostgresPrograms;
import io.crossfade.proxy.local.PostgresServer;
import io.crossfade.proxy.local.Scratch;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of some megabytes in memory, with nothing but the data of a server on it. Needs root, as mounting does. */
final class SmallDisk {
    private static final String OF_NOBODY = "mode=700,uid=65534,gid=65534";

    private final PostgresServer server;
    private final Path data;

    SmallDisk(int megabytes) throws IOException {
        Scratch place = Scratch.create("crossfade-postgres-");
        place.atTheEnd(this::unmount);
        server = PostgresServer.owning(PostgresPrograms.installed(), place);
        data = server.data();
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m," + OF_NOBODY, "tmpfs", data.toString());
        server.initialise();
        server.start();
    }

    /** It ends with this. */
    PostgresServer server() {
        return server;
    }

    /** Takes all of its room. */
    void fill() throws IOException {
        byte[] some = new byte[1 << 12];
        long most = Files.getFileStore(data).getTotalSpace();
        try (OutputStream filler = Files.newOutputStream(data.resolve("filler"))) {
            for (long written = 0; written < most; written += some.length) {
                filler.write(some);
            }
        } catch (IOException full) {
            return;
        }
        throw new IOException(data + " took more than it has");
    }

    /** Gives the room back. */
    void empty() throws IOException {
        Files.delete(data.resolve("filler"));
    }

    private void unmount() {
        try {
            run("umount", data.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) throws IOException {
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IOException(String.join(" ", command) + ": exit code " + code + " (expected: 0)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
