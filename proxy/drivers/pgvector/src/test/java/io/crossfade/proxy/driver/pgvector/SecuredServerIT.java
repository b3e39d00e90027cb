package io.crossfade.proxy.driver.pgvector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.local.PostgresPrograms;
import io.crossfade.proxy.local.PostgresServer;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.time.OwnThreads;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Debian's server, with TLS, users and certificates. What is wrong is said by the name of the option, and no secret is. */
final class SecuredServerIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String PASSWORD = "hunter2-Zx81";

    @TempDir
    static Path folder;

    private static PostgresServer server;
    private static Certificates certificates;

    private final SystemTime time = new SystemTime();
    private final OwnThreads threads = new OwnThreads("test", "index documents", 8, 1_000);
    private final List<VectorIndex> open = new ArrayList<>();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level level = root.getLevel();

    @BeforeAll
    static void startServer() throws IOException {
        certificates = new Certificates(folder);
        certificates.authority("ca");
        certificates.authority("other-ca");
        certificates.sign("ca", "server", "localhost", "IP:127.0.0.1,DNS:localhost", false);
        certificates.sign("ca", "elsewhere", "db.example", "DNS:db.example", false);
        certificates.sign("ca", "expired", "localhost", "IP:127.0.0.1", true);
        certificates.sign("ca", "client", "certified", "DNS:client", false);
        certificates.sign("ca", "old-client", "certified", "DNS:client", true);
        certificates.sign("other-ca", "strange-client", "certified", "DNS:client", false);
        server = PostgresServer.alone(debian());
        server.run(
                "CREATE EXTENSION vector",
                "CREATE ROLE certified LOGIN",
                "CREATE ROLE guarded LOGIN PASSWORD '" + PASSWORD + "'",
                "GRANT ALL ON SCHEMA public TO certified, guarded");
        for (String name : List.of("server", "elsewhere", "expired")) {
            give(name + ".pem", certificates.file(name + ".pem"));
            give(name + ".key", certificates.file(name + ".key"));
        }
        give("ca.pem", certificates.file("ca.pem"));
        authenticate("hostssl all certified 127.0.0.1/32 cert", "hostssl all guarded 127.0.0.1/32 scram-sha-256");
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void listen() throws IOException {
        present("server");
        logged.start();
        root.addAppender(logged);
        root.setLevel(Level.TRACE);
    }

    /** Those that .ci/engine has got, or else got now: tests run in the folder of their module. */
    private static PostgresPrograms debian() throws IOException {
        String given = System.getProperty("engine.debian", "");
        return new PostgresPrograms(given.isEmpty() ? getDebian() : Path.of(given));
    }

    private static Path getDebian() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x")); // the server is not root
        try {
            int code = new ProcessBuilder("bash", "debian.sh", folder.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(code).as("debian.sh").isZero();
            return folder.resolve("bin");
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void give(String name, Path file) throws IOException {
        Path copy = server.data().resolve(name);
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        server.give(copy);
    }

    /** Who may connect, and how. The administrator may, without TLS. */
    private static void authenticate(String... lines) throws IOException {
        List<String> all = new ArrayList<>(List.of("hostnossl all postgres 127.0.0.1/32 trust"));
        all.addAll(List.of(lines));
        Files.write(server.data().resolve("pg_hba.conf"), all);
    }

    /** Settings that it has when it reads them again. */
    private static void configure(String... lines) throws IOException {
        Files.write(server.data().resolve("postgresql.auto.conf"), List.of(lines));
    }

    /** The server shows this certificate from its next connection on. */
    private static void present(String name) throws IOException {
        configure(
                "ssl = on",
                "ssl_ca_file = 'ca.pem'",
                "ssl_cert_file = '" + name + ".pem'",
                "ssl_key_file = '" + name + ".key'");
        server.run("SELECT pg_reload_conf()");
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() ->
                        server.value("SELECT current_setting('ssl_cert_file')").equals(name + ".pem")
                                && server.value("SELECT current_setting('ssl')").equals("on"));
    }

    @AfterEach
    void close() {
        open.forEach(VectorIndex::close);
        threads.close();
        time.close();
        root.setLevel(level);
        root.detachAppender(logged);
        for (ILoggingEvent event : logged.list) {
            String thrown =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            assertThat(event.getFormattedMessage() + thrown).doesNotContain(PASSWORD);
        }
    }

    private VectorIndex index(Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(Map.of(
                "host", "127.0.0.1",
                "port", server.port(),
                "database", "postgres",
                "tls", "verify_full",
                "ca_file", path("ca.pem"),
                "connect_timeout", "1s"));
        options.putAll(more);
        options.values().removeIf(value -> value.equals(""));
        VectorIndex index = new PgvectorIndexProvider()
                .create(
                        new IndexDefinition(
                                "documents", "pgvector", Map.of("", IndexFixture.COSINE), TextSource.OWN, options),
                        new VectorIndexProvider.Context(Path.of("."), threads, time));
        open.add(index);
        return index;
    }

    private static String path(String name) {
        return certificates.file(name).toString();
    }

    private static Map<String, Object> guarded(Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(Map.of("user", "guarded", "password", PASSWORD));
        options.putAll(more);
        return options;
    }

    private static Map<String, Object> certified(Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(
                Map.of("user", "certified", "cert_file", path("client.pem"), "key_file", path("client.pk8")));
        options.putAll(more);
        return options;
    }

    private static void assertRefused(VectorIndex index, String... parts) {
        assertThatThrownBy(() -> index.open().join())
                .isInstanceOf(CompletionException.class)
                .satisfies(failed -> {
                    StringWriter all = new StringWriter();
                    failed.printStackTrace(new PrintWriter(all));
                    assertThat(all.toString()).doesNotContain(PASSWORD);
                })
                .cause()
                .isInstanceOfSatisfying(IndexException.class, e -> {
                    assertThat(e.getMessage()).contains(parts);
                    assertThat(e.kind()).isEqualTo(IndexException.Kind.MISMATCH);
                });
    }

    private static Outcome put(VectorIndex index) {
        return index.write(List.of(Load.put("a", 1)), TIMEOUT).join().get(0);
    }

    @Test
    void passwordOverAConnectionToTheRightServer_works() {
        VectorIndex index = index(guarded(Map.of("table", "guarded_documents")));
        index.create().join();

        assertThat(put(index)).isEqualTo(Outcome.APPLIED);
        assertThat(server.value("SELECT bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)"
                        + " WHERE a.usename = 'guarded'"))
                .isEqualTo("t");
    }

    @Test
    void certificateOfTheClient_isEnough() {
        VectorIndex index = index(certified(Map.of("table", "certified_documents")));
        index.create().join();

        assertThat(put(index)).isEqualTo(Outcome.APPLIED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "server; other-ca.pem; ca_file",
                "elsewhere; ca.pem; 127.0.0.1",
                "expired; ca.pem; expired",
            })
    void serverThatDoesNotProveWhatItIs_isRefused(String shown, String authority, String reason) throws IOException {
        present(shown);

        assertRefused(index(guarded(Map.of("ca_file", path(authority)))), "tls: verify_full", reason);
    }

    @Test
    void nameIsNotLookedAt_whereOnlyTheAuthorityIs() throws IOException {
        present("elsewhere");

        index(guarded(Map.of("tls", "verify_ca", "table", "by_authority")))
                .create()
                .join();
        present("expired");
        assertRefused(index(guarded(Map.of("tls", "verify_ca"))), "tls: verify_ca", "expired");
        index(guarded(Map.of("tls", "require", "ca_file", "", "table", "by_authority")))
                .open()
                .join();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ca_file; absent.pem; absent.pem",
                "ca_file; garbage; garbage",
                "cert_file; absent.pem; absent.pem",
                "cert_file; garbage; garbage",
                "cert_file; old-client.pem; expired",
                "key_file; absent.pk8; absent.pk8",
                "key_file; garbage; garbage",
                "key_file; .; no file",
                "key_file; old-client.pk8; does not belong to",
            })
    void fileThatIsOfNoUse_isSaidByItsOption(String option, String file, String reason) throws IOException {
        Files.writeString(certificates.file("garbage"), "no certificate, nor a key");

        assertRefused(index(certified(Map.of(option, path(file)))), option + ": ", reason);
    }

    /** They are read with each connection, so that a sidecar need not be started again for new ones. */
    @Test
    void certificateThatIsRenewedInItsFile_isUsedFromTheNextConnectionOn() throws IOException {
        Path certificate = Files.copy(certificates.file("old-client.pem"), certificates.file("renewed.pem"));
        Path key = Files.copy(certificates.file("old-client.pk8"), certificates.file("renewed.pk8"));
        VectorIndex index = index(certified(
                Map.of("cert_file", certificate.toString(), "key_file", key.toString(), "table", "renewed_documents")));
        assertRefused(index, "cert_file: ", "expired");

        Files.copy(certificates.file("client.pem"), certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(certificates.file("client.pk8"), key, StandardCopyOption.REPLACE_EXISTING);

        index.create().join();
        assertThat(put(index)).isEqualTo(Outcome.APPLIED);
    }

    @Test
    void keyThatOthersMayRead_isSaidByItsOption() throws IOException {
        Path key = Files.copy(certificates.file("client.pk8"), certificates.file("open.pk8"));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));

        assertRefused(index(certified(Map.of("key_file", key.toString()))), "key_file: ", "open.pk8", "0600");
    }

    @Test
    void keyAsText_works_andIsNotBlamedForWhatTheServerIs() throws IOException {
        Map<String, Object> asText = Map.of("key_file", path("client.key"), "table", "certified_documents_too");
        index(certified(asText)).create().join();
        present("elsewhere");

        assertRefused(index(certified(asText)), "tls: verify_full", "127.0.0.1");
    }

    @Test
    void keyAsTextOfAnotherCertificate_isSaidByItsOption() {
        assertRefused(index(certified(Map.of("key_file", path("old-client.key")))), "key_file: ", "does not belong to");
    }

    @Test
    void certificateThatTheServerDoesNotTake_isSaidByItsOption() {
        assertRefused(
                index(certified(
                        Map.of("cert_file", path("strange-client.pem"), "key_file", path("strange-client.pk8")))),
                "cert_file");
        assertRefused(index(certified(Map.of("cert_file", "", "key_file", ""))), "cert_file");
        assertRefused(index(certified(Map.of("user", "guarded"))), "password");
    }

    @Test
    void connectionWithoutTls_isRefusedByTheServer_andSaidSo() {
        assertRefused(index(guarded(Map.of("tls", "disable", "ca_file", ""))), "tls", "no encryption");
    }

    @Test
    void passwordThatWasRotated_isAMismatch_andNothingIsSentOrShown() throws Exception {
        VectorIndex index = index(guarded(Map.of("table", "rotated")));
        index.create().join();
        assertThat(put(index)).isEqualTo(Outcome.APPLIED);
        server.run("ALTER ROLE guarded PASSWORD 'another'");
        try {
            assertThat(put(index)).isEqualTo(Outcome.APPLIED); // connections that are there stay
            server.run("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'guarded'");

            assertThat(put(index))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.reason())
                                    .contains("password", "guarded")
                                    .doesNotContain(PASSWORD));
            assertRefused(index(guarded(Map.of("table", "rotated"))), "password", "guarded");
        } finally {
            server.run("ALTER ROLE guarded PASSWORD '" + PASSWORD + "'");
        }
        assertThat(put(index)).isEqualTo(Outcome.APPLIED);
    }
}
