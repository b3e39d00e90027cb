package io.crossfade.proxy.cli;

import io.crossfade.client.AdminClient;
import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Doc;
import io.crossfade.client.Patch;
import io.crossfade.client.Search;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.plugin.Plugins;
import io.crossfade.v1.StartMigrationRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Plays a small migration between two sidecars in this process, with an outage and a restart in the middle of it. An
 * archive of classes is made from it, so that it holds what such a restart needs, and not only what an idle one does.
 */
@Command(name = "rehearse", hidden = true, description = "What an archive of classes is made from.")
@SuppressWarnings("NullAway.Init") // picocli sets required options
final class RehearseCommand implements Callable<Integer> {
    private static final String THERE = """
            spaces: {tiny: {model: tiny, dimensions: 4, metric: l2}}
            indexes:
              target-v1: {driver: lucene, vectors: {"": {space: tiny}}}
            collections: {target: {index: target-v1}}
            listeners: {data: "127.0.0.1:%d", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
            data_dir: "%s"
            """;
    private static final String HERE = """
            spaces: {tiny: {model: tiny, dimensions: 4, metric: l2}}
            indexes:
              things-v1: {driver: lucene, vectors: {"": {space: tiny}}}
              things-v2: {driver: crossfade, address: "127.0.0.1:%d", collection: target, vectors: {"": {space: tiny}}}
            collections: {things: {index: things-v1, identity: {claim: 100ms}}}
            listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
            data_dir: "%s"
            """;
    private static final int DOCUMENTS = 20;

    private final ServerStarter starter;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Where both keep their state.")
    private Path data;

    RehearseCommand(ServerStarter starter) {
        this.starter = starter;
    }

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(data);
        int port = outage();
        try (Server there = start("there", THERE, port);
                Server here = start("here", HERE, there.dataPort())) {
            write(here);
        }
        return ExitCode.DONE;
    }

    /** Plays an outage, which ends with writes that the migration index lacks. */
    private int outage() throws Exception {
        Server there = start("there", THERE, 0);
        int port = there.dataPort();
        try (there;
                Server here = start("here", HERE, port)) {
            write(here);
            migrate(here);
            write(here);
        }
        try (Server here = start("here", HERE, port)) {
            write(here);
        }
        return port;
    }

    private Server start(String name, String yaml, int port) throws Exception {
        Path config = data.resolve(name + ".yaml");
        Files.writeString(config, yaml.formatted(port, data.resolve(name)));
        return starter.start(CrossfadeConfig.load(config), Plugins.usual());
    }

    private static void write(Server here) {
        try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + here.dataPort())) {
            CrossfadeCollection things = client.collection("things");
            for (int i = 0; i < DOCUMENTS; i++) {
                things.upsert(Doc.of("thing-" + i)
                                .text("text " + i)
                                .metadata("number", i)
                                .vector("tiny", i, 1, 2, 3))
                        .requireApplied();
            }
            things.updateMetadata("thing-1", Patch.set("number", 2)).requireApplied();
            things.delete("thing-2").requireApplied();
            things.query(Search.vector("tiny", 1, 1, 2, 3).topK(1));
        }
    }

    private static void migrate(Server here) {
        try (AdminClient admin = AdminClient.connect("127.0.0.1:" + here.adminPort())) {
            admin.startMigration(StartMigrationRequest.newBuilder()
                    .setCollection("things")
                    .setToIndex("things-v2")
                    .build());
        }
    }
}
