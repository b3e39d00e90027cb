package io.crossfade.client;

import io.crossfade.v1.AbortRequest;
import io.crossfade.v1.AcceptIndexRequest;
import io.crossfade.v1.AdminServiceGrpc;
import io.crossfade.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CleanIndexRequest;
import io.crossfade.v1.CleanProgress;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.GetBreakerRequest;
import io.crossfade.v1.GetStatusRequest;
import io.crossfade.v1.ListCollectionsRequest;
import io.crossfade.v1.ListParkedRequest;
import io.crossfade.v1.ListParkedResponse;
import io.crossfade.v1.ListPendingRequest;
import io.crossfade.v1.ListPendingResponse;
import io.crossfade.v1.PauseBackfillRequest;
import io.crossfade.v1.ReconcileRequest;
import io.crossfade.v1.ReconcileResponse;
import io.crossfade.v1.RecoverProgress;
import io.crossfade.v1.RecoverRequest;
import io.crossfade.v1.ResetBreakerRequest;
import io.crossfade.v1.ResumeBackfillRequest;
import io.crossfade.v1.RetryParkedRequest;
import io.crossfade.v1.RollbackRequest;
import io.crossfade.v1.SetPaceRequest;
import io.crossfade.v1.SetShadowReadsRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.StartMigrationResponse;
import io.crossfade.v1.StepResponse;
import io.crossfade.v1.TripBreakerRequest;
import io.crossfade.v1.VerifyProgress;
import io.crossfade.v1.VerifyRequest;
import io.crossfade.v1.WaiveParkedRequest;
import io.crossfade.v1.WatchMigrationRequest;
import io.grpc.ChannelCredentials;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A client of one sidecar's admin listener, for operators and deployment tools.
 *
 * <pre>{@code
 * try (AdminClient admin = AdminClient.connect("127.0.0.1:7401")) {
 *     admin.startMigration(StartMigrationRequest.newBuilder()
 *             .setCollection("products").setToIndex("products-v2").build());
 *     admin.watch("products", status -> status.getBlockersCount() > 0);
 *     admin.flip(FlipRouteRequest.newBuilder().setCollection("products").build());
 * }
 * }</pre>
 *
 * <p>Each call is one attempt and fails with a {@link CrossfadeException}, whose blockers say what a step still needs.
 * Safe for use by many threads.
 */
public final class AdminClient implements AutoCloseable {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);

    private final Connection connection;
    private final AdminServiceBlockingStub stub;
    private final Duration timeout;

    private AdminClient(Connection connection, Duration timeout) {
        this.connection = connection;
        this.timeout = timeout;
        this.stub = AdminServiceGrpc.newBlockingStub(connection.channel());
    }

    /**
     * In plain text to this machine, else by TLS with the platform's certificates.
     *
     * @param target {@code host:port} or {@code unix:/path}
     */
    public static AdminClient connect(String target) {
        return new AdminClient(Connection.to(target), DEFAULT_TIMEOUT);
    }

    public static AdminClient connect(String target, ChannelCredentials credentials) {
        return new AdminClient(Connection.to(target, credentials), DEFAULT_TIMEOUT);
    }

    public List<CollectionStatus> collections() {
        return call(stub -> stub.listCollections(ListCollectionsRequest.getDefaultInstance()))
                .getCollectionsList();
    }

    public CollectionStatus status(String collection) {
        return call(stub -> stub.getStatus(
                GetStatusRequest.newBuilder().setCollection(collection).build()));
    }

    /** SINGLE to MIRRORING; backfill begins by itself. */
    public StartMigrationResponse startMigration(StartMigrationRequest request) {
        return call(stub -> stub.startMigration(request));
    }

    /** Hands over the status, now and whenever it changes, for as long as {@code more} says so. */
    public void watch(String collection, Predicate<CollectionStatus> more) {
        WatchMigrationRequest request =
                WatchMigrationRequest.newBuilder().setCollection(collection).build();
        stream(stub -> stub.watchMigration(request), more);
    }

    public CollectionStatus pauseBackfill(String collection) {
        return call(stub -> stub.pauseBackfill(
                PauseBackfillRequest.newBuilder().setCollection(collection).build()));
    }

    public CollectionStatus resumeBackfill(String collection) {
        return call(stub -> stub.resumeBackfill(
                ResumeBackfillRequest.newBuilder().setCollection(collection).build()));
    }

    /**
     * @param documentsPerSecond 0: as fast as live traffic allows
     */
    public CollectionStatus setPace(String collection, double documentsPerSecond) {
        return call(stub -> stub.setPace(SetPaceRequest.newBuilder()
                .setCollection(collection)
                .setDocumentsPerSecond(documentsPerSecond)
                .build()));
    }

    /** Compares both indexes and hands over the progress, for as long as {@code more} says so. */
    public void verify(VerifyRequest request, Predicate<VerifyProgress> more) {
        stream(stub -> stub.verify(request), more);
    }

    /** Brings back what the index that leads has lost and hands over the progress, for as long as {@code more} says so. */
    public void recover(RecoverRequest request, Predicate<RecoverProgress> more) {
        stream(stub -> stub.recover(request), more);
    }

    /** Takes what migrations have kept on an index away and hands over the progress, for as long as {@code more} says so. */
    public void cleanIndex(CleanIndexRequest request, Predicate<CleanProgress> more) {
        stream(stub -> stub.cleanIndex(request), more);
    }

    /** Makes what is on an index that is in doubt what is meant. */
    public CollectionStatus acceptIndex(String collection, String index, String reason) {
        return call(stub -> stub.acceptIndex(AcceptIndexRequest.newBuilder()
                .setCollection(collection)
                .setIndex(index)
                .setReason(reason)
                .build()));
    }

    /** Makes the follower equal to the leader for these keys. */
    public ReconcileResponse reconcile(String collection, Collection<Key> keys) {
        return call(stub -> stub.reconcile(ReconcileRequest.newBuilder()
                .setCollection(collection)
                .addAllKeys(keys.stream().map(Key::toProto).toList())
                .build()));
    }

    public ListPendingResponse pending(String collection, int limit) {
        return call(stub -> stub.listPending(ListPendingRequest.newBuilder()
                .setCollection(collection)
                .setLimit(limit)
                .build()));
    }

    public ListParkedResponse parked(String collection, int limit) {
        return call(stub -> stub.listParked(ListParkedRequest.newBuilder()
                .setCollection(collection)
                .setLimit(limit)
                .build()));
    }

    /** How many are pending again. No keys: all that are parked. */
    public int retryParked(String collection, Collection<Key> keys) {
        return call(stub -> stub.retryParked(RetryParkedRequest.newBuilder()
                        .setCollection(collection)
                        .addAllKeys(keys.stream().map(Key::toProto).toList())
                        .build()))
                .getRetried();
    }

    /** How many were waived. */
    public int waiveParked(WaiveParkedRequest request) {
        return call(stub -> stub.waiveParked(request)).getWaived();
    }

    /**
     * @param share of queries that are also sent to the follower, 0 to 1
     */
    public CollectionStatus setShadowReads(String collection, double share) {
        return call(stub -> stub.setShadowReads(SetShadowReadsRequest.newBuilder()
                .setCollection(collection)
                .setShare(share)
                .build()));
    }

    /** MIRRORING to REVERSED: reads and leadership move to the migration index. */
    public StepResponse flip(FlipRouteRequest request) {
        return call(stub -> stub.flipRoute(request));
    }

    /** REVERSED to MIRRORING. */
    public StepResponse rollback(RollbackRequest request) {
        return call(stub -> stub.rollback(request));
    }

    /** REVERSED to SINGLE on the migration index. */
    public StepResponse complete(CompleteRequest request) {
        return call(stub -> stub.complete(request));
    }

    /** MIRRORING to SINGLE on the primary. */
    public StepResponse abort(AbortRequest request) {
        return call(stub -> stub.abort(request));
    }

    public BreakerStatus breaker(String collection) {
        return call(stub -> stub.getBreaker(
                GetBreakerRequest.newBuilder().setCollection(collection).build()));
    }

    /** The follower gets nothing until the breaker is reset. */
    public BreakerStatus tripBreaker(String collection) {
        return call(stub -> stub.tripBreaker(
                TripBreakerRequest.newBuilder().setCollection(collection).build()));
    }

    public BreakerStatus resetBreaker(String collection) {
        return call(stub -> stub.resetBreaker(
                ResetBreakerRequest.newBuilder().setCollection(collection).build()));
    }

    /** The same connection; each call may take this long. 2 minutes unless set; streams have no limit. */
    public AdminClient withTimeout(Duration timeout) {
        return new AdminClient(connection, timeout);
    }

    @Override
    public void close() {
        connection.close();
    }

    private <T> T call(Function<AdminServiceBlockingStub, T> verb) {
        try {
            return verb.apply(stub.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (StatusRuntimeException e) {
            throw CrossfadeException.of(e);
        }
    }

    private <T> void stream(Function<AdminServiceBlockingStub, Iterator<T>> verb, Predicate<T> more) {
        try (Context.CancellableContext context = Context.current().withCancellation()) {
            context.run(() -> follow(verb.apply(stub), more));
        } catch (StatusRuntimeException e) {
            throw CrossfadeException.of(e);
        }
    }

    private static <T> void follow(Iterator<T> progress, Predicate<T> more) {
        boolean wanted = true;
        while (wanted && progress.hasNext()) {
            wanted = more.test(progress.next());
        }
    }
}
