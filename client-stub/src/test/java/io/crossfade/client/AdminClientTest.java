package io.crossfade.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfade.v1.AdminServiceGrpc;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.GetStatusRequest;
import io.crossfade.v1.StepResponse;
import io.crossfade.v1.WatchMigrationRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class AdminClientTest {
    private final CountDownLatch watchCancelled = new CountDownLatch(1);
    private final LocalServer server = new LocalServer(new Service());
    private final AdminClient admin = AdminClient.connect(server.target());

    @AfterEach
    void close() {
        admin.close();
        server.close();
    }

    @Test
    void status_isThatOfTheCollection() {
        assertThat(admin.status("products").getCollection()).isEqualTo("products");
    }

    @Test
    void refusedStep_failsTyped() {
        CrossfadeException failure =
                catchThrowableOfType(CrossfadeException.class, () -> admin.flip(FlipRouteRequest.getDefaultInstance()));

        assertThat(failure.code()).isEqualTo(Status.Code.ABORTED);
        assertThat(failure).hasMessage("ABORTED: epoch: 4 (expected: 3)");
    }

    @Test
    void watch_endsTheStreamWhenEnoughWasSeen() throws Exception {
        List<Long> epochs = new ArrayList<>();

        admin.watch("products", status -> {
            epochs.add(status.getEpoch());
            return status.getEpoch() < 2;
        });

        assertThat(epochs).containsExactly(1L, 2L);
        watchCancelled.await();
    }

    private final class Service extends AdminServiceGrpc.AdminServiceImplBase {
        @Override
        public void getStatus(GetStatusRequest request, StreamObserver<CollectionStatus> observer) {
            observer.onNext(CollectionStatus.newBuilder()
                    .setCollection(request.getCollection())
                    .build());
            observer.onCompleted();
        }

        @Override
        public void flipRoute(FlipRouteRequest request, StreamObserver<StepResponse> observer) {
            observer.onError(
                    Status.ABORTED.withDescription("epoch: 4 (expected: 3)").asException());
        }

        @Override
        public void watchMigration(WatchMigrationRequest request, StreamObserver<CollectionStatus> observer) {
            ((ServerCallStreamObserver<CollectionStatus>) observer).setOnCancelHandler(watchCancelled::countDown);
            for (long epoch = 1; epoch <= 3; epoch++) {
                observer.onNext(CollectionStatus.newBuilder().setEpoch(epoch).build());
            }
        }
    }
}
