package io.crossfade.proxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.crossfade.client.AdminClient;
import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.CrossfadeException;
import io.crossfade.client.Doc;
import io.crossfade.client.Key;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Operator;
import io.crossfade.v1.AbortRequest;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.CleanIndexRequest;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.KeyVersion;
import io.crossfade.v1.RollbackRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.VerifyRequest;
import io.crossfade.v1.WaiveParkedRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Admin calls that a whole sidecar must refuse. Three collections stand in SINGLE, MIRRORING and REVERSED; after each
 * refusal every one of them is where it was.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class BadAdminCallTest {
    private static final String UNMET = "FAILED_PRECONDITION: ";

    private Path data;
    private Proxy proxy;
    private AdminClient admin;

    private record Row(String name, String status, Consumer<AdminClient> call) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        data = directory.resolve("data");
        String yaml = """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                  other: {model: other, dimensions: 4, metric: l2}
                indexes:
                  single-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  mirroring-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  mirroring-v2: {driver: lucene, vectors: {"": {space: tiny}}}
                  reversed-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  reversed-v2: {driver: lucene, vectors: {"": {space: tiny}}}
                  left-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  full-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  empty: {driver: lucene, vectors: {"": {space: tiny}}}
                  elsewhere: {driver: lucene, vectors: {"": {space: other}}}
                  away: {driver: crossfade, address: "127.0.0.1:1", collection: x, vectors: {"": {space: tiny}}}
                  unusable: {driver: lucene, path: "/dev/null/index", vectors: {"": {space: tiny}}}
                collections:
                  single: {index: single-v1}
                  mirroring: {index: mirroring-v1}
                  reversed: {index: reversed-v1}
                  full: {index: full-v1}
                data_dir: "%s"
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                """.formatted(data);
        leaveDocuments(directory, yaml.replace("single: {index: single-v1}", "gone: {index: left-v1}"));
        proxy = Proxy.start(Configs.load(directory, yaml));
        admin = AdminClient.connect("127.0.0.1:" + proxy.adminPort());
        fill(proxy, List.of("single", "mirroring", "reversed", "full"));
        try (Operator mirroring = Operator.of(proxy.adminPort(), "mirroring");
                Operator reversed = Operator.of(proxy.adminPort(), "reversed")) {
            mirroring.start("mirroring-v2");
            mirroring.awaitBackfill();
            reversed.moveTo("reversed-v2");
        }
    }

    private static void leaveDocuments(Path directory, String yaml) throws Exception {
        try (Proxy earlier = Proxy.start(Configs.load(directory, yaml))) {
            fill(earlier, List.of("gone"));
        }
    }

    private static void fill(Proxy proxy, List<String> collections) {
        try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
            for (String collection : collections) {
                CrossfadeCollection documents = client.collection(collection);
                for (int i = 0; i < 10; i++) {
                    documents
                            .upsert(Doc.of("id-" + i).text("text").vector("tiny", i, 1, 2, 3))
                            .requireApplied();
                }
            }
        }
    }

    @AfterAll
    void stop() {
        admin.close();
        proxy.close();
    }

    @ParameterizedTest
    @MethodSource({"wrongPhases", "staleEpochs", "badStarts", "badArguments"})
    void isRefused_andChangesNothing(Row row) {
        List<CollectionStatus> before = places();
        List<String> indexes = indexes();

        Throwable refusal = catchThrowable(() -> row.call().accept(admin));

        assertThat(refusal).isInstanceOf(CrossfadeException.class);
        assertThat(refusal.getMessage()).startsWith(row.status());
        assertThat(places()).isEqualTo(before);
        assertThat(indexes()).isEqualTo(indexes);
    }

    /** What there is on the disk. */
    private List<String> indexes() {
        return List.of(requireNonNull(data.toFile().list())).stream().sorted().toList();
    }

    /** Where each collection is: phase, epoch, indexes and pace. */
    private List<CollectionStatus> places() {
        return admin.collections().stream()
                .map(status -> CollectionStatus.newBuilder()
                        .setCollection(status.getCollection())
                        .setPhase(status.getPhase())
                        .setEpoch(status.getEpoch())
                        .setPrimaryIndex(status.getPrimaryIndex())
                        .setMigrationIndex(status.getMigrationIndex())
                        .setServingIndex(status.getServingIndex())
                        .setPace(status.getPace())
                        .build())
                .toList();
    }

    private static Stream<Row> wrongPhases() {
        Key key = Key.of("id-1");
        return Stream.of(
                row("flip in SINGLE", UNMET + "phase: SINGLE (expected: MIRRORING)", flip("single")),
                row("flip in REVERSED", UNMET + "phase: REVERSED (expected: MIRRORING)", flip("reversed")),
                row("rollback in SINGLE", UNMET + "phase: SINGLE (expected: REVERSED)", rollback("single")),
                row("rollback in MIRRORING", UNMET + "phase: MIRRORING (expected: REVERSED)", rollback("mirroring")),
                row("complete in SINGLE", UNMET + "phase: SINGLE (expected: REVERSED)", complete("single")),
                row("complete in MIRRORING", UNMET + "phase: MIRRORING (expected: REVERSED)", complete("mirroring")),
                row("abort in SINGLE", UNMET + "phase: SINGLE (expected: MIRRORING)", abort("single")),
                row("abort in REVERSED", UNMET + "phase: REVERSED (expected: MIRRORING)", abort("reversed")),
                row("start in MIRRORING", UNMET + "phase: MIRRORING (expected: SINGLE)", start("mirroring", "empty")),
                row("start in REVERSED", UNMET + "phase: REVERSED (expected: SINGLE)", start("reversed", "empty")),
                row("verify in SINGLE", UNMET + "phase: SINGLE (expected: MIRRORING or REVERSED", verify("single")),
                row("pause in SINGLE", UNMET + "there is no backfill", admin -> admin.pauseBackfill("single")),
                row("resume in SINGLE", UNMET + "there is no backfill", admin -> admin.resumeBackfill("single")),
                row("pace in SINGLE", UNMET + "there is no backfill", admin -> admin.setPace("single", 10)),
                migrating("reconcile", admin -> admin.reconcile("single", List.of(key))),
                migrating("pending", admin -> admin.pending("single", 10)),
                migrating("parked", admin -> admin.parked("single", 10)),
                migrating("retry", admin -> admin.retryParked("single", List.of())),
                migrating(
                        "waive",
                        admin -> admin.waiveParked(WaiveParkedRequest.newBuilder()
                                .setCollection("single")
                                .addDocuments(KeyVersion.newBuilder()
                                        .setKey(io.crossfade.v1.Key.newBuilder().setId("id-1")))
                                .build())),
                migrating("trip", admin -> admin.tripBreaker("single")),
                migrating("reset", admin -> admin.resetBreaker("single")));
    }

    private static Stream<Row> staleEpochs() {
        String aborted = "ABORTED: expected_epoch: 99 (expected: ";
        return Stream.of(
                row(
                        "stale start",
                        aborted,
                        admin -> admin.startMigration(startRequest("single", "empty")
                                .setExpectedEpoch(99)
                                .build())),
                row(
                        "stale flip",
                        aborted,
                        admin -> admin.flip(FlipRouteRequest.newBuilder()
                                .setCollection("mirroring")
                                .setExpectedEpoch(99)
                                .build())),
                row(
                        "stale flip that came second",
                        aborted,
                        admin -> admin.flip(FlipRouteRequest.newBuilder()
                                .setCollection("reversed")
                                .setExpectedEpoch(99)
                                .build())),
                row(
                        "stale rollback",
                        aborted,
                        admin -> admin.rollback(RollbackRequest.newBuilder()
                                .setCollection("reversed")
                                .setExpectedEpoch(99)
                                .build())),
                row(
                        "stale complete",
                        aborted,
                        admin -> admin.complete(CompleteRequest.newBuilder()
                                .setCollection("reversed")
                                .setExpectedEpoch(99)
                                .build())),
                row(
                        "stale abort",
                        aborted,
                        admin -> admin.abort(AbortRequest.newBuilder()
                                .setCollection("mirroring")
                                .setExpectedEpoch(99)
                                .build())));
    }

    private static Stream<Row> badStarts() {
        return Stream.of(
                row(
                        "to itself",
                        "INVALID_ARGUMENT: to_index: single-v1 (expected: another",
                        start("single", "single-v1")),
                row("no index", "INVALID_ARGUMENT: to_index: empty", start("single", "")),
                row("unknown index", "NOT_FOUND: to_index: nowhere (expected: one of [", start("single", "nowhere")),
                row("index with documents", UNMET + "INDEX_NOT_EMPTY", start("single", "left-v1")),
                row("another collection's only index", UNMET + "INDEX_TAKEN", start("single", "full-v1")),
                row("another collection's index", UNMET + "INDEX_TAKEN", start("single", "mirroring-v2")),
                row("index that is away", "UNAVAILABLE: ", start("single", "away")),
                row(
                        "index that cannot be opened",
                        "UNAVAILABLE: index unusable: path: /dev/null/index",
                        start("single", "unusable")),
                row(
                        "carry between spaces",
                        "INVALID_ARGUMENT: modes[\"\"]: CARRY (expected: EMBED",
                        admin -> admin.startMigration(startRequest("single", "elsewhere")
                                .putModes("", StartMigrationRequest.Mode.MODE_CARRY)
                                .build())),
                row(
                        "mode that is not said",
                        "INVALID_ARGUMENT: modes[\"\"]: UNSPECIFIED (expected: CARRY or EMBED)",
                        admin -> admin.startMigration(startRequest("single", "elsewhere")
                                .putModes("", StartMigrationRequest.Mode.MODE_UNSPECIFIED)
                                .build())),
                row(
                        "mode of a later version",
                        "INVALID_ARGUMENT: modes[\"\"]: 77 (expected: CARRY or EMBED)",
                        admin -> admin.startMigration(startRequest("single", "elsewhere")
                                .putModesValue("", 77)
                                .build())),
                row(
                        "mode of an unknown field",
                        "INVALID_ARGUMENT: modes: \"title\" (expected: a field of empty",
                        admin -> admin.startMigration(startRequest("single", "empty")
                                .putModes("title", StartMigrationRequest.Mode.MODE_CARRY)
                                .build())));
    }

    private static Stream<Row> badArguments() {
        return Stream.of(
                row("unknown collection", "NOT_FOUND: collection: nothing (expected: one of [", flip("nothing")),
                row(
                        "negative pace",
                        "INVALID_ARGUMENT: documents_per_second: -1.0",
                        admin -> admin.setPace("mirroring", -1)),
                row(
                        "clean in MIRRORING",
                        UNMET + "phase: MIRRORING (expected: SINGLE",
                        clean("mirroring", "mirroring-v1", 0)),
                row(
                        "clean of no index",
                        "NOT_FOUND: index: nowhere (expected: one of [",
                        clean("single", "nowhere", 0)),
                row(
                        "clean of another collection's index",
                        UNMET + "INDEX_TAKEN: mirroring-v2 belongs to collection mirroring",
                        clean("single", "mirroring-v2", 0)),
                row(
                        "clean at no pace",
                        "INVALID_ARGUMENT: documents_per_second: -1.0",
                        clean("single", "single-v1", -1)),
                row("share", "INVALID_ARGUMENT: share: 1.5", admin -> admin.setShadowReads("mirroring", 1.5)),
                row("no keys", "INVALID_ARGUMENT: keys: 0", admin -> admin.reconcile("mirroring", List.of())),
                row("limit", "INVALID_ARGUMENT: limit: 1001", admin -> admin.pending("mirroring", 1001)),
                row(
                        "reason",
                        "INVALID_ARGUMENT: reason: 257 bytes",
                        admin -> admin.abort(AbortRequest.newBuilder()
                                .setCollection("mirroring")
                                .setReason("x".repeat(257))
                                .build())));
    }

    @Test
    void flipThatIsNotVerified_namesTheBlocker_andStays() {
        CrossfadeException refusal =
                (CrossfadeException) catchThrowable(() -> flip("mirroring").accept(admin));

        assertThat(refusal.getMessage()).startsWith(UNMET + "NOT_VERIFIED");
        assertThat(refusal.blockers()).extracting(Blocker::getCode).containsExactly(Blocker.Code.CODE_NOT_VERIFIED);
    }

    private static Row row(String name, String status, Consumer<AdminClient> call) {
        return new Row(name, status, call);
    }

    private static Row migrating(String name, Consumer<AdminClient> call) {
        return new Row(name + " in SINGLE", UNMET + "phase: SINGLE (expected: a migration)", call);
    }

    private static StartMigrationRequest.Builder startRequest(String collection, String toIndex) {
        return StartMigrationRequest.newBuilder().setCollection(collection).setToIndex(toIndex);
    }

    private static Consumer<AdminClient> start(String collection, String toIndex) {
        return admin -> admin.startMigration(startRequest(collection, toIndex).build());
    }

    private static Consumer<AdminClient> flip(String collection) {
        return admin -> admin.flip(
                FlipRouteRequest.newBuilder().setCollection(collection).build());
    }

    private static Consumer<AdminClient> clean(String collection, String index, double perSecond) {
        CleanIndexRequest request = CleanIndexRequest.newBuilder()
                .setCollection(collection)
                .setIndex(index)
                .setDocumentsPerSecond(perSecond)
                .build();
        return admin -> admin.cleanIndex(request, progress -> true);
    }

    private static Consumer<AdminClient> rollback(String collection) {
        return admin -> admin.rollback(
                RollbackRequest.newBuilder().setCollection(collection).build());
    }

    private static Consumer<AdminClient> complete(String collection) {
        return admin -> admin.complete(
                CompleteRequest.newBuilder().setCollection(collection).build());
    }

    private static Consumer<AdminClient> abort(String collection) {
        return admin ->
                admin.abort(AbortRequest.newBuilder().setCollection(collection).build());
    }

    private static Consumer<AdminClient> verify(String collection) {
        return admin -> admin.verify(
                VerifyRequest.newBuilder().setCollection(collection).build(), progress -> true);
    }
}
