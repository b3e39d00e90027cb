package io.crossfade.proxy.front.listen;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file of a Unix socket, which stays when its process is killed. */
public final class UnixSocket {
    private UnixSocket() {}

    /**
     * Makes way for a new listener.
     *
     * @throws IOException if somebody listens there
     */
    public static void claim(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        if (isAnswered(path)) {
            throw new IOException("unix:" + path + ": in use (expected: nobody listens there)");
        }
        Files.delete(path);
    }

    private static boolean isAnswered(Path path) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false;
        }
    }
}
