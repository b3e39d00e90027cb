package io.crossfade.proxy.load;

import io.crossfade.client.AdminClient;
import io.crossfade.v1.MemberStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What memory a sidecar takes while the new index is down and each write leaves another key pending. The indexes are two processes
 * that keep nothing; one of them is ended. Memory is read from {@code /proc}.
 *
 * <pre>{@code
 * mvn -Pbench verify -DskipTests -Dbench.main=io.crossfade.proxy.load.PendingBenchmark \
 *     [-Dbench.args="rounds=10 calls=50000 in_flight=64 options=-Xmx512m"]
 * }</pre>
 */
public final class PendingBenchmark {
    private PendingBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Given given = Given.parse(arguments);
        int rounds = given.number("rounds", 10);
        int calls = given.number("calls", 50000);
        int inFlight = given.number("in_flight", 64);
        List<String> options = Launched.options(given.list("options"));
        Path directory = Files.createTempDirectory("crossfade-bench");
        Path upstreams = SidecarConfig.withNoEngines(directory.resolve("upstreams"));
        try (Child primary = Child.start(NullUpstream.class, Child.ownClasspath(), Child.SMALL, upstreams.toString());
                Child migration =
                        Child.start(NullUpstream.class, Child.ownClasspath(), Child.SMALL, upstreams.toString());
                Child sidecar = Launched.start(
                        options,
                        SidecarConfig.withUpstreams(
                                directory.resolve("sidecar"), "pending", primary.port(), migration.port()));
                Child load = Child.start(
                        LoadGenerator.class, Child.ownClasspath(), Child.SMALL, Integer.toString(inFlight));
                AdminClient admin = AdminClient.connect("127.0.0.1:" + Launched.adminPort(sidecar))) {
            System.out.printf("%s%n%s bytes a document%n", String.join(" ", options), load.greeting());
            Lineup.startMigration(admin);
            round(sidecar, load, admin, calls);
            migration.close();
            System.out.println("the new index is down");
            for (int i = 0; i < rounds; i++) {
                round(sidecar, load, admin, calls);
            }
        } finally {
            StartBenchmark.delete(directory);
        }
    }

    private static void round(Child sidecar, Child load, AdminClient admin, int calls) throws IOException {
        LoadGenerator.Figures figures =
                LoadGenerator.Figures.parse(load.ask(Launched.dataPort(sidecar) + " " + calls));
        MemberStatus status =
                admin.status(SidecarConfig.COLLECTION).getMembersList().get(0);
        System.out.printf(
                "%,d writes, %,.0f/s, p99 %,.0f us, %d errors; %,d keys pending, %,d MiB of journal; RSS %d MiB (%d anonymous), at most %d MiB%n",
                figures.calls(),
                figures.callsPerSecond(),
                figures.p99(),
                figures.errors(),
                status.getPendingKeys(),
                status.getJournalBytes() >> 20,
                sidecar.memory("VmRSS"),
                sidecar.memory("RssAnon"),
                sidecar.memory("VmHWM"));
    }
}
