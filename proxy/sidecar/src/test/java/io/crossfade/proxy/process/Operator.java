package io.crossfade.proxy.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.AdminClient;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.Phase;
import io.crossfade.v1.RollbackRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.StepResponse;
import io.crossfade.v1.VerifyProgress;
import io.crossfade.v1.VerifyRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Takes a collection through a migration, over the admin API of a running sidecar. */
public final class Operator implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final AdminClient admin;
    private final String collection;

    private Operator(AdminClient admin, String collection) {
        this.admin = admin;
        this.collection = collection;
    }

    public static Operator of(int adminPort, String collection) {
        return new Operator(AdminClient.connect("127.0.0.1:" + adminPort), collection);
    }

    public AdminClient admin() {
        return admin;
    }

    /** SINGLE to MIRRORING. */
    public void start(String toIndex) {
        admin.startMigration(StartMigrationRequest.newBuilder()
                .setCollection(collection)
                .setToIndex(toIndex)
                .build());
    }

    /** SINGLE to REVERSED on another index. */
    public void moveTo(String index) {
        start(index);
        awaitBackfill();
        flip();
    }

    public void awaitBackfill() {
        await(status -> status.getBackfill().getState() == BackfillStatus.State.STATE_DONE);
    }

    /** All that was written is on the follower, known for sure. */
    public void awaitNothingPending() {
        await(status -> status.getMembers(0).getPendingKeys() == 0);
    }

    public CollectionStatus status() {
        return admin.status(collection);
    }

    public void await(Predicate<CollectionStatus> wanted) {
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(status()).matches(wanted, "as awaited"));
    }

    /** Compares all documents, without repair. */
    public VerifyProgress verify() {
        return verify(false);
    }

    /** Compares all documents, and copies those that differ. */
    public void repair() {
        verify(true);
    }

    private VerifyProgress verify(boolean repair) {
        AtomicReference<VerifyProgress> last = new AtomicReference<>(VerifyProgress.getDefaultInstance());
        admin.verify(
                VerifyRequest.newBuilder()
                        .setCollection(collection)
                        .setRepair(repair)
                        .setRestart(true)
                        .build(),
                progress -> {
                    last.set(progress);
                    return true;
                });
        return requireNonNull(last.get());
    }

    public void verifyClean() {
        VerifyProgress verdict = verify();
        assertThat(verdict.getDifferencesList()).isEmpty();
        assertThat(verdict.getClean()).as("%s", verdict).isTrue();
    }

    /** MIRRORING to REVERSED. */
    public StepResponse flip() {
        verifyClean();
        StepResponse flipped = admin.flip(
                FlipRouteRequest.newBuilder().setCollection(collection).build());
        assertThat(flipped.getPhase()).isEqualTo(Phase.PHASE_REVERSED);
        return flipped;
    }

    /** MIRRORING to REVERSED, as soon as what is written all the time lets a comparison and a step through. */
    public StepResponse flipUnderLoad() {
        AtomicReference<StepResponse> flipped = new AtomicReference<>(StepResponse.getDefaultInstance());
        await(status -> {
            if (status.getPhase() == Phase.PHASE_MIRRORING && verify().getClean()) {
                flipped.set(admin.flip(
                        FlipRouteRequest.newBuilder().setCollection(collection).build()));
            }
            return status().getPhase() == Phase.PHASE_REVERSED;
        });
        return requireNonNull(flipped.get());
    }

    /** REVERSED to MIRRORING, as soon as what is written all the time lets a step through. */
    public StepResponse rollbackUnderLoad() {
        AtomicReference<StepResponse> back = new AtomicReference<>(StepResponse.getDefaultInstance());
        await(status -> {
            if (status.getPhase() == Phase.PHASE_REVERSED) {
                back.set(rollback());
            }
            return status().getPhase() == Phase.PHASE_MIRRORING;
        });
        return requireNonNull(back.get());
    }

    /** REVERSED to SINGLE. */
    public void complete() {
        admin.complete(CompleteRequest.newBuilder().setCollection(collection).build());
    }

    /** REVERSED to MIRRORING. */
    public StepResponse rollback() {
        StepResponse back = admin.rollback(
                RollbackRequest.newBuilder().setCollection(collection).build());
        assertThat(back.getPhase()).isEqualTo(Phase.PHASE_MIRRORING);
        return back;
    }

    @Override
    public void close() {
        admin.close();
    }
}
