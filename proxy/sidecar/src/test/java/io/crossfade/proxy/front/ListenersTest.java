package io.crossfade.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListenersTest {
    private static final CountRequest COUNT =
            CountRequest.newBuilder().setCollection("products").build();

    @Test
    void health_followsReadiness_onAllListeners() throws Exception {
        try (Fixture fixture = new Fixture()) {
            assertThat(health(fixture)).isEqualTo(ServingStatus.SERVING);
            assertThat(get(fixture, "/ready").statusCode()).isEqualTo(200);

            fixture.health.watch(() -> List.of("index v1: no room", "journal: no room"));

            assertThat(health(fixture)).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(get(fixture, "/ready").statusCode()).isEqualTo(503);
            assertThat(get(fixture, "/ready").body()).isEqualTo("not ready\nindex v1: no room\njournal: no room\n");
            assertThat(get(fixture, "/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void ops_showsMetricsAndStatus_andIsReadOnly() throws Exception {
        try (Fixture fixture = new Fixture()) {
            assertThat(get(fixture, "/metrics").body()).isEqualTo("up 1\n");
            assertThat(get(fixture, "/status").headers().firstValue("Content-Type"))
                    .contains("application/json");
            assertThat(get(fixture, "/metricsandmore").statusCode()).isEqualTo(404);
            assertThat(get(fixture, "/").statusCode()).isEqualTo(404);
            HttpRequest post = request(fixture, "/status")
                    .POST(BodyPublishers.ofString("{}"))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(post, BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void reflection_listsTheServices() throws Exception {
        try (Fixture fixture = new Fixture()) {
            CompletableFuture<ServerReflectionResponse> listed = new CompletableFuture<>();
            StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(fixture.channel)
                    .serverReflectionInfo(new StreamObserver<>() {
                        @Override
                        public void onNext(ServerReflectionResponse response) {
                            listed.complete(response);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            listed.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {}
                    });
            requests.onNext(ServerReflectionRequest.newBuilder()
                    .setFileContainingSymbol("crossfade.v1.VectorService")
                    .build());

            assertThat(listed.get(10, TimeUnit.SECONDS)
                            .getFileDescriptorResponse()
                            .getFileDescriptorProtoCount())
                    .isPositive();
            requests.onCompleted();
        }
    }

    @Test
    void admin_takesABoundedNumberOfCallsPerConnection_andMoreWaitAtTheClient() throws Exception {
        try (Fixture fixture = new Fixture()) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", fixture.listeners.adminPort())
                    .usePlaintext()
                    .build();
            HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);
            HealthCheckRequest request = HealthCheckRequest.getDefaultInstance();
            assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
            List<CancellableContext> watches = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                CancellableContext context = Context.current().withCancellation();
                watches.add(context);
                assertThat(context.call(() -> health.watch(request).next().getStatus()))
                        .isEqualTo(ServingStatus.SERVING);
            }
            HealthGrpc.HealthBlockingStub hasty = health.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
            assertThatThrownBy(() -> hasty.check(request)).hasMessageContaining("DEADLINE_EXCEEDED");

            watches.get(0).cancel(null);
            await().ignoreException(StatusRuntimeException.class)
                    .untilAsserted(() -> assertThat(health.withDeadlineAfter(1, TimeUnit.SECONDS)
                                    .check(request)
                                    .getStatus())
                            .isEqualTo(ServingStatus.SERVING));
            channel.shutdownNow();
        }
    }

    @Test
    void unixSocket_serves_andReplacesOneThatWasLeftBehind(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("data.sock");
        new Fixture("unix:" + socket, 8).close();
        Files.deleteIfExists(socket);
        Files.createFile(socket);

        try (Fixture fixture = new Fixture("unix:" + socket, 8)) {
            assertThat(fixture.listeners.dataPort()).isEqualTo(-1);
            assertThatThrownBy(() -> new Fixture("unix:" + socket, 8))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use (expected: nobody listens there)");
            assertThat(countOver(socket)).isZero();
        }
    }

    private static long countOver(Path socket) {
        EpollEventLoopGroup loops = new EpollEventLoopGroup(1);
        ManagedChannel channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(loops)
                .usePlaintext()
                .build();
        try {
            return VectorServiceGrpc.newBlockingStub(channel).count(COUNT).getCount();
        } finally {
            channel.shutdownNow();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void stop_letsARunningWriteEnd() throws Exception {
        try (Fixture fixture = new Fixture()) {
            ListenableFuture<WriteResponse> write = heldWrite(fixture);

            CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(fixture.listeners::stop);
            await().until(() -> get(fixture, "/ready").statusCode() == 503);
            fixture.products.release();

            assertThat(write.get(10, TimeUnit.SECONDS).getResultsCount()).isEqualTo(1);
            assertThat(stopped.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void stop_waitsForAWriteWhoseCallerHasGone() throws Exception {
        try (Fixture fixture = new Fixture()) {
            heldWrite(fixture).cancel(true);

            CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(fixture.listeners::stop);
            await().until(() -> get(fixture, "/ready").statusCode() == 503);
            assertThat(fixture.listeners.callsInFlight()).isEqualTo(1);
            assertThat(stopped).isNotDone();
            fixture.products.release();

            assertThat(stopped.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(fixture.products.holds("a")).isTrue();
        }
    }

    @Test
    void stop_doesNotWaitForeverForAWriteThatHangs() throws Exception {
        try (Fixture fixture = new Fixture()) {
            heldWrite(fixture);

            assertThat(fixture.listeners.stop()).isFalse();
        }
    }

    private static ListenableFuture<WriteResponse> heldWrite(Fixture fixture) {
        fixture.products.hold();
        ListenableFuture<WriteResponse> write = VectorServiceGrpc.newFutureStub(fixture.channel)
                .upsert(UpsertRequest.newBuilder()
                        .setCollection("products")
                        .addDocuments(Requests.good("a"))
                        .build());
        await().until(() -> fixture.listeners.callsInFlight() == 1);
        return write;
    }

    @Test
    void portInUse_failsTheStart_andNamesIt() throws Exception {
        try (Fixture fixture = new Fixture()) {
            String taken = "127.0.0.1:" + fixture.listeners.dataPort();

            assertThatThrownBy(() -> new Fixture(taken, 8))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(taken);
        }
    }

    private static ServingStatus health(Fixture fixture) {
        return HealthGrpc.newBlockingStub(fixture.channel)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus();
    }

    private static HttpResponse<String> get(Fixture fixture, String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request(fixture, path).GET().build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(Fixture fixture, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + fixture.listeners.opsPort() + path));
    }
}
