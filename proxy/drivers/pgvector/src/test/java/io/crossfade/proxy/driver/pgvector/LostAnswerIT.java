package io.crossfade.proxy.driver.pgvector;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A network between driver and server that is cut at a given message. */
final class LostAnswerIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    @RegisterExtension
    final Engine engine = new Engine();

    private final SystemTime time = new SystemTime();
    private Wire wire;
    private VectorIndex index;
    private VectorIndex direct;

    @BeforeEach
    void openIndex() throws IOException {
        URI server = URI.create(engine.url().substring("jdbc:".length()));
        wire = new Wire(server.getHost(), server.getPort());
        index = engine.index(
                IndexFixture.DEFINITION,
                Map.of("url", "jdbc:postgresql://127.0.0.1:" + wire.port() + server.getPath(), "write_timeout", "1s"),
                time);
        direct = engine.index(IndexFixture.DEFINITION, Map.of(), time);
        direct.create().join();
        StoredDocument before = new StoredDocument(Key.of("a"), Stamp.NONE, "before", Map.of(), Map.of());
        assertThat(direct.write(List.of(new IndexWrite.Put(before)), TIMEOUT).join())
                .containsExactly(Outcome.APPLIED);
        index.open().join();
    }

    @AfterEach
    void close() throws IOException {
        index.close();
        direct.close();
        wire.close();
        time.close();
    }

    /** What the wire does to a message from the client. */
    private enum Cut {
        BEFORE,
        AFTER,
        SILENCE
    }

    /** What is cut next, and how: once. */
    private record Plan(String message, Cut cut) {}

    /** Passes bytes on, both ways, one thread each. */
    private static final class Wire implements AutoCloseable {
        private final AtomicReference<@Nullable Plan> plan = new AtomicReference<>();
        private final ServerSocket listener;

        Wire(String host, int port) throws IOException {
            ServerSocket opened = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            listener = opened;
            thread(() -> {
                while (true) {
                    Socket client = opened.accept();
                    Socket server = new Socket(host, port);
                    thread(() -> pass(client, server));
                    thread(() -> answer(server, client));
                }
            });
        }

        int port() {
            return listener.getLocalPort();
        }

        private void pass(Socket client, Socket server) throws IOException {
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                Cut cut = cut(new String(buffer, 0, read, ISO_8859_1));
                if (cut == Cut.AFTER) {
                    client.shutdownOutput(); // the client sees the end before any answer
                    out.write(buffer, 0, read);
                    out.flush();
                    client.close();
                    return;
                } else if (cut == Cut.BEFORE) {
                    client.close();
                    server.close();
                    return;
                } else if (cut == Cut.SILENCE) {
                    return; // neither passed on nor closed
                }
                out.write(buffer, 0, read);
                out.flush();
            }
            server.shutdownOutput();
        }

        private @Nullable Cut cut(String message) {
            Plan next = plan.get();
            return next != null && message.contains(next.message()) && plan.compareAndSet(next, null)
                    ? next.cut()
                    : null;
        }

        private static void answer(Socket server, Socket client) throws IOException {
            InputStream in = server.getInputStream();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                client.getOutputStream().write(buffer, 0, read);
                client.getOutputStream().flush();
            }
            client.close();
            server.close();
        }

        private interface Passing {
            void run() throws IOException;
        }

        private static void thread(Passing passing) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            passing.run();
                        } catch (IOException cut) {
                            // the other side goes with it
                        }
                    },
                    "wire");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private Outcome put(String text) {
        StoredDocument document = new StoredDocument(Key.of("a"), Stamp.NONE, text, Map.of(), Map.of());
        return index.write(List.of(new IndexWrite.Put(document)), TIMEOUT)
                .join()
                .get(0);
    }

    private String text() {
        StoredDocument stands = index.fetch(List.of(Key.of("a")), Projection.ALL, TIMEOUT)
                .join()
                .get(Key.of("a"));
        return String.valueOf(requireNonNull(stands).text());
    }

    @Test
    void answerToTheCommitIsLost_isUnknown_andDone() {
        wire.plan.set(new Plan("COMMIT", Cut.AFTER));

        assertThat(put("after")).isInstanceOf(Outcome.Unknown.class);

        time.rest(index.capabilities().unknownSettle()).join();
        assertThat(text()).isEqualTo("after");
    }

    @Test
    void commitItselfIsLost_isUnknown_andNotDone() {
        wire.plan.set(new Plan("COMMIT", Cut.BEFORE));

        assertThat(put("after")).isInstanceOf(Outcome.Unknown.class);

        time.rest(index.capabilities().unknownSettle()).join();
        assertThat(text()).isEqualTo("before");
        assertThat(put("next")).isEqualTo(Outcome.APPLIED);
    }

    /** The engine says that it has ended the transaction, with its locks: so it is known that nothing is done. */
    @Test
    void commitThatNeverArrives_isNotDone_becauseTheEngineSaysSo() {
        wire.plan.set(new Plan("COMMIT", Cut.SILENCE));

        assertThat(put("after"))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).contains("timeout"));

        assertThat(put("next")).isEqualTo(Outcome.APPLIED);
        assertThat(text()).isEqualTo("next");
    }

    @Test
    void connectionThatIsLostBeforeTheCommit_isReplaced_andTheWriteDoneOnce() {
        wire.plan.set(new Plan("another text", Cut.BEFORE));

        assertThat(put("another text")).isEqualTo(Outcome.APPLIED);
        assertThat(text()).isEqualTo("another text");
    }

    @Test
    void statementThatNeverArrives_isNotDone_andSaidSo() {
        wire.plan.set(new Plan("another text", Cut.SILENCE));

        assertThat(put("another text")).isInstanceOf(Outcome.Failed.class);
        assertThat(text()).isEqualTo("before");
    }
}
