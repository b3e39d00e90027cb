package io.crossfade.proxy.migrations.measure;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeException;
import io.crossfade.proxy.migrations.Space;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.v1.AbortRequest;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.VerifyProgress;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A sidecar in a process of its own, and whoever migrates its collection. Confined to one thread. */
final class Migrating implements AutoCloseable {
    static final String COLLECTION = "words";

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final int MOST_STARTS = 10;

    private final int documents;
    private final SystemTime time;
    private final SidecarProcess sidecar;
    private Operator operator;

    private Migrating(int documents, SystemTime time, SidecarProcess sidecar) {
        this.documents = documents;
        this.time = time;
        this.sidecar = sidecar;
        this.operator = sidecar.operator(COLLECTION);
    }

    /**
     * Starts it. In the folder it keeps what it knows, also for the next one.
     *
     * @param source options of the index that serves
     * @param targets options of others, by name
     */
    static Migrating start(
            Path folder, Settings settings, SystemTime time, Space space, String source, Map<String, String> targets)
            throws IOException {
        String config = """
                spaces:
                  %s
                indexes:
                %s
                collections:
                  %s: {index: first, identity: {claim: 1s}, backfill: {batch: %d, in_flight: %d}}
                control: {bootstrap: true}
                data_dir: "%s"
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                """.formatted(
                        space.withoutEmbedder(),
                        index("first", source, space)
                                + targets.entrySet().stream()
                                        .map(each -> index(each.getKey(), each.getValue(), space))
                                        .collect(Collectors.joining()),
                        COLLECTION,
                        settings.batch(),
                        settings.inFlight(),
                        folder.resolve("data"));
        return new Migrating(settings.documents(), time, SidecarProcess.start(folder, port -> config));
    }

    private static String index(String name, String options, Space space) {
        return "  " + name + ": {" + options + ", vectors: {\"\": {space: " + space.name() + "}}}\n";
    }

    /** Begins a migration, and completes when all is copied; returns documents a second, from the first one on. */
    double backfill(String index) throws IOException {
        start(index);
        await(backfill -> backfill.getState() != BackfillStatus.State.STATE_WAITING);
        long began = time.nanos();
        await(backfill -> backfill.getState() == BackfillStatus.State.STATE_DONE);
        double rate = rate(began);
        operator.awaitNothingPending();
        return rate;
    }

    /**
     * On a busy machine a fresh process may not have an answer of the engine within the second that it waits for its first one.
     * Then it does not know that the index is missing, and does not make it, so another process is asked.
     */
    private void start(String index) throws IOException {
        for (int i = 1; ; i++) {
            try {
                operator.start(index);
                return;
            } catch (CrossfadeException e) {
                if (e.code() != Status.Code.UNAVAILABLE || i == MOST_STARTS) {
                    throw e;
                }
                System.out.println("start: " + e.getMessage() + "; again, in another process");
                operator.close();
                sidecar.kill();
                sidecar.start();
                operator = sidecar.operator(COLLECTION);
            }
        }
    }

    private double rate(long began) {
        return documents * (double) TimeUnit.SECONDS.toNanos(1) / (time.nanos() - began);
    }

    private void await(Predicate<BackfillStatus> wanted) {
        long began = time.nanos();
        BackfillStatus last = operator.status().getBackfill();
        while (!wanted.test(last)) {
            if (time.nanos() - began > PATIENCE.toNanos()) {
                throw new IllegalStateException("backfill: " + last + " (expected: done within " + PATIENCE + ")");
            }
            time.rest(POLL).join();
            last = operator.status().getBackfill();
        }
    }

    /** Compares all, which has to be the same; returns documents a second. */
    double verify() {
        long began = time.nanos();
        VerifyProgress verdict = operator.verify();
        double rate = rate(began);
        if (!verdict.getClean() || verdict.getCompared() != documents) {
            throw new IllegalStateException(
                    "verify: " + verdict + " (expected: clean, with " + documents + " documents)");
        }
        return rate;
    }

    /** Gives the migration up. */
    void abort() {
        var unused = operator.admin()
                .abort(AbortRequest.newBuilder().setCollection(COLLECTION).build());
    }

    /** Moves the reads, and lets the old index go. */
    void complete() {
        operator.flip();
        operator.complete();
    }

    CrossfadeClient client() {
        return sidecar.client();
    }

    @Override
    public void close() {
        operator.close();
        sidecar.close();
    }
}
