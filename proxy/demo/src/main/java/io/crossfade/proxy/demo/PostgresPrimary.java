package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.check.LocalModels;
import io.crossfade.proxy.demo.check.Model;
import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.existing.Corpus;
import io.crossfade.proxy.demo.existing.WordsTable;
import io.crossfade.proxy.demo.process.Layout;
import io.crossfade.proxy.local.Ports;
import io.crossfade.proxy.local.PostgresPrograms;
import io.crossfade.proxy.local.PostgresServer;
import io.crossfade.proxy.local.PostgresUnavailableException;
import io.crossfade.proxy.local.Scratch;
import io.crossfade.proxy.terminal.Quantity;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table on a PostgreSQL server, which ends with this.
 *
 * @param name the versions of both
 */
record PostgresPrimary(PostgresServer server, String name) implements Primary {
    private static final int BATCH = 50;

    /**
     * Starts a server, and makes and fills the table there as another program would.
     *
     * @throws PostgresUnavailableException if there is no server to be had
     */
    static PostgresPrimary open(Cast cast, Scratch place, Ports ports, Narrator narrator) throws IOException {
        narrator.act("A table of PostgreSQL");
        PostgresServer server = start(place, ports, narrator);
        try (Connection connection = server.connect()) {
            Corpus corpus = Corpus.of(cast, told(LocalModels.minilm(), narrator));
            WordsTable.make(connection, corpus.existing());
            corpus.begin(Layout.history(place.path()));
        } catch (SQLException e) {
            throw new IOException(e);
        }
        String name = server.value(PostgresServer.VERSIONS);
        narrator.note(name + ": a program that knows nothing of Crossfade has filled " + WordsTable.NAME
                + ", typed columns and vectors of all-MiniLM-L6-v2");
        return new PostgresPrimary(server, name);
    }

    private static PostgresServer start(Scratch place, Ports ports, Narrator narrator) {
        Path cache = PostgresPrograms.cache();
        narrator.note(
                PostgresPrograms.areIn(cache)
                        ? "the server's programs are in " + cache
                        : "the server's programs are installed in " + cache + ", once");
        PostgresServer server = new PostgresServer(PostgresPrograms.installed(), place, ports.next());
        server.initialise();
        server.start();
        return server;
    }

    /** Tells how far it is. */
    private static Model told(Model model, Narrator narrator) {
        return texts -> {
            List<float[]> vectors = new ArrayList<>();
            for (int from = 0; from < texts.size(); from += BATCH) {
                vectors.addAll(model.embed(texts.subList(from, Math.min(texts.size(), from + BATCH))));
                narrator.progress("rows", vectors.size(), texts.size());
            }
            return vectors;
        };
    }

    @Override
    public Layout.OldIndex settings() {
        return new Layout.OldIndex(
                "driver: pgvector, url: \"jdbc:postgresql://" + server.address()
                        + "/postgres\", user: postgres, write_timeout: 6s, " + WordsTable.options(),
                true);
    }

    @Override
    public Words opening() {
        long rows = Long.parseLong(server.value("SELECT count(*) FROM " + WordsTable.NAME));
        return new Words(
                "A table is served",
                "the sidecar serves " + WordsTable.NAME + " as it stands, under the name of " + Layout.OLD_INDEX + ": "
                        + Quantity.count(rows) + " rows that Crossfade has never written");
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void restart() {
        try {
            server.start();
        } catch (PostgresUnavailableException e) {
            throw new IllegalStateException("after kill -9: " + e.getMessage(), e);
        }
    }

    @Override
    public String victims() {
        return "the sidecar and the PostgreSQL server with the old index are killed (SIGKILL)";
    }

    @Override
    public Optional<Index> look(String name, String space) throws IOException {
        try (Connection connection = server.connect()) {
            return Optional.of(new Index(name, false, space, "", false, WordsTable.contents(connection, space)));
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
