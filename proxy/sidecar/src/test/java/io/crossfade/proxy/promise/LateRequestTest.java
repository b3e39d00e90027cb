package io.crossfade.proxy.promise;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Doc;
import io.crossfade.client.Key;
import io.crossfade.client.Part;
import io.crossfade.client.WriteResult;
import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.FaultProxy;
import io.crossfade.proxy.process.Operator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A write to the follower that lies in the network for longer than anybody waits for it, and arrives at last. */
final class LateRequestTest {
    @TempDir
    private Path directory;

    private Proxy other;
    private FaultProxy network;
    private Proxy sidecar;
    private Operator operator;
    private CrossfadeClient client;

    @BeforeEach
    void mirror() throws Exception {
        other = start("other", data -> Configs.followed(data, 0));
        network = FaultProxy.before(other.dataPort());
        sidecar = start("sidecar", data -> Configs.following(data, 0, network.port(), "open_wait: 100ms"));
        client = CrossfadeClient.connect("127.0.0.1:" + sidecar.dataPort());
        operator = Operator.of(sidecar.adminPort(), "things");
        operator.start("things-v2");
        operator.awaitBackfill();
    }

    private Proxy start(String name, java.util.function.Function<Path, String> yaml) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        return Proxy.start(Configs.load(home, yaml.apply(home.resolve("data"))));
    }

    @AfterEach
    void stop() {
        operator.close();
        client.close();
        sidecar.close();
        network.close();
        other.close();
    }

    @Test
    void arrivesAfterItsKeyWasReconciled_changesNothing() throws Exception {
        write(1);
        operator.awaitNothingPending();

        network.keepStanding();
        assertThat(write(2)).isEqualTo(WriteResult.Follower.PENDING);
        network.abandonKept();
        write(3);
        operator.awaitNothingPending();
        assertThat(onFollower()).isEqualTo(3);

        network.deliverKept();

        assertThat(onFollower()).isEqualTo(3);
        operator.verifyClean();
    }

    private WriteResult.Follower write(long value) {
        return client.collection("things")
                .upsert(Doc.of("it").metadata("value", value).vector("tiny", value, 1, 1, 1))
                .results()
                .get(0)
                .follower();
    }

    /** Behind a write, so that all that came before has been done. */
    private long onFollower() {
        try (CrossfadeClient there = CrossfadeClient.connect("127.0.0.1:" + other.dataPort())) {
            CrossfadeCollection target = there.collection("target");
            target.delete("nothing");
            Doc found = requireNonNull(
                    target.fetch(List.of(Key.of("it")), Part.METADATA).get(Key.of("it")));
            return (Long) requireNonNull(found.metadata().get("value"));
        }
    }
}
