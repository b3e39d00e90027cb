package io.crossfade.proxy.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A PostgreSQL server with pgvector on the loopback interface. It can be killed, stopped in its tracks and started again, and ends
 * with its place, thus with this process at the latest. For one thread, but for its end.
 */
public final class PostgresServer implements AutoCloseable {
    /** Asks a database what it is: the version of the server, and that of pgvector. */
    public static final String VERSIONS =
            "SELECT 'PostgreSQL ' || current_setting('server_version') || ', pgvector ' || extversion"
                    + " FROM pg_extension WHERE extname = 'vector'";

    private static final long LOOK_MILLIS = 50;
    private static final int MOST_LOOKS = 1_200;
    private static final int MOST_LAUNCHES = 100;
    private static final int MOST_LOG = 4_000;

    private final PostgresPrograms programs;
    private final Scratch place;
    private final boolean ownsPlace;
    private final Path folder;
    private final Family processes = new Family();
    private int port;

    /**
     * One that has no data yet, and is not started.
     *
     * @param place where its data and its log will be
     */
    public PostgresServer(PostgresPrograms programs, Scratch place, int port) {
        this(programs, place, false, port);
    }

    private PostgresServer(PostgresPrograms programs, Scratch place, boolean ownsPlace, int port) {
        this.programs = programs;
        this.place = place;
        this.ownsPlace = ownsPlace;
        this.folder = place.path().resolve("postgres");
        this.port = port;
        place.atTheEnd(this::end);
    }

    /** One whose place goes away with it, on any free port. */
    public static PostgresServer owning(PostgresPrograms programs, Scratch place) {
        return new PostgresServer(programs, place, true, new Ports().next());
    }

    /** One that runs, with no data, in a place of its own. */
    public static PostgresServer alone() {
        return alone(PostgresPrograms.installed());
    }

    /** The same of other programs. */
    public static PostgresServer alone(PostgresPrograms programs) {
        try {
            PostgresServer server = owning(programs, Scratch.create("crossfade-postgres-"));
            server.initialise();
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes what an empty database consists of. */
    public void initialise() {
        fill("initdb", List.of("-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"));
    }

    /**
     * Has another of the programs make its data.
     *
     * @param arguments all but where they are to be
     */
    public void fill(String program, List<String> arguments) {
        try {
            List<String> all = new ArrayList<>(List.of("-D", data().toString()));
            all.addAll(arguments);
            Command.run(folder, programs.command(program, all));
        } catch (IOException e) {
            throw new PostgresUnavailableException(program + ": " + PostgresPrograms.reason(e));
        }
    }

    /** The folder of its data, which is made if it is not there. */
    public Path data() throws IOException {
        Path data = folder.resolve("data");
        if (!Files.exists(data)) {
            if (!Files.exists(folder)) {
                Scratch.passable(Files.createDirectory(folder));
            }
            Files.createDirectory(
                    data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            PostgresPrograms.give(data);
        }
        return data;
    }

    /** Gives it a file of its data, which nobody else may read. */
    public void give(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        PostgresPrograms.give(file);
    }

    /**
     * Starts it, and waits until it takes connections. One that was killed leaves processes that end by and by.
     *
     * @throws PostgresUnavailableException with the end of its log if it does not start
     */
    public void start() {
        try {
            int launches = 0;
            for (int i = 0; i < MOST_LOOKS && launches <= MOST_LAUNCHES; i++) {
                if (!isRunning()) {
                    launches++;
                    launch();
                }
                if (processes.hasEndedWithin(LOOK_MILLIS) || isUp()) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new PostgresUnavailableException("PostgreSQL cannot be started: " + PostgresPrograms.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new PostgresUnavailableException(
                "PostgreSQL does not start; it says at last: " + PostgresPrograms.reason(new IOException(endOfLog())));
    }

    /** The same, on another port from now on. */
    public void startOn(int anotherPort) {
        port = anotherPort;
        start();
    }

    private void launch() throws IOException {
        Files.deleteIfExists(data().resolve("postmaster.pid"));
        List<String> options = List.of(
                "-D",
                data().toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=60");
        processes.start(new ProcessBuilder(programs.command("postgres", options))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile())));
    }

    private boolean isUp() {
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    public boolean isRunning() {
        return processes.isRunning();
    }

    public int port() {
        return port;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** As the administrator. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + address() + "/postgres?connectTimeout=5", "postgres", "");
    }

    /** Runs statements as the administrator. */
    public void run(String... statements) {
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
    public String value(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it has written. */
    public String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private String endOfLog() {
        try {
            String log = log();
            return log.substring(Math.max(0, log.length() - MOST_LOG));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ends it as an administrator does, and waits until it has ended: it says so to whoever is connected. */
    public void stop() {
        processes.stop("INT");
    }

    /** Ends it without a word, as a lost machine would. */
    public void kill() {
        processes.kill(folder.resolve("data"));
    }

    /** Stops all of its processes; its sockets stay. */
    public void freeze() {
        processes.signal("STOP");
    }

    /** Lets them go on. */
    public void thaw() {
        processes.signal("CONT");
    }

    /** Ends it for good. */
    @Override
    public void close() {
        if (ownsPlace) {
            place.close();
        } else {
            end();
        }
    }

    private void end() {
        processes.end(folder.resolve("data"));
    }
}
