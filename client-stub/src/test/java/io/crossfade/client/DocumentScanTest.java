package io.crossfade.client;

import static io.crossfade.client.ScriptedVectorService.Step.fail;
import static io.crossfade.client.ScriptedVectorService.Step.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.v1.Document;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DocumentScanTest {
    private final ScriptedVectorService service = new ScriptedVectorService();
    private final LocalServer server = new LocalServer(service);
    private final CrossfadeClient client = CrossfadeClient.connect(server.target());
    private final CrossfadeCollection products = client.collection("products");

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void pages_areOneSequence() {
        service.then(reply(page("1", "a", "b"), page("2"), page("3", "c"), page("", "d")));

        try (var documents = products.scan(Scan.all().where(Filters.exists("x"))).stream()) {
            assertThat(documents.map(Doc::id)).containsExactly("a", "b", "c", "d");
        }
    }

    @Test
    void brokenStream_goesOnAfterTheLastPage() throws Exception {
        service.then(fail(Status.UNAVAILABLE.asException(), page("1", "a", "b"), page("2", "c")))
                .then(fail(Status.CANCELLED.asException()))
                .then(reply(page("", "d")));

        assertThat(products.scan(Scan.all()).stream().map(Doc::id)).containsExactly("a", "b", "c", "d");
        assertThat(service.request(ScanRequest.class).getCursor()).isEmpty();
        assertThat(service.request(ScanRequest.class).getCursor()).isEqualTo("2");
        assertThat(service.request(ScanRequest.class).getCursor()).isEqualTo("2");
    }

    @Test
    void cursorOfAnOlderEpoch_endsTheScan() {
        service.then(fail(
                Status.ABORTED.withDescription("cursor: epoch 3 (expected: 4)").asException()));

        DocumentScan scan = products.scan(Scan.all().from("old"));

        assertThatThrownBy(scan::hasNext).hasMessage("ABORTED: cursor: epoch 3 (expected: 4)");
    }

    @Test
    void noPageInTime_failsAsDeadline() {
        DocumentScan scan = products.withTimeout(Duration.ofMillis(50)).scan(Scan.all());

        assertThatThrownBy(scan::hasNext).hasMessageStartingWith("DEADLINE_EXCEEDED");
    }

    @Test
    void closedEarly_cancelsTheStream() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        service.then(observer -> {
            ((ServerCallStreamObserver<?>) (Object) observer).setOnCancelHandler(cancelled::countDown);
            observer.onNext(page("1", "a"));
        });

        try (DocumentScan scan = products.scan(Scan.all())) {
            assertThat(scan.next().id()).isEqualTo("a");
            assertThat(scan.cursor()).isEqualTo("1");
        }

        cancelled.await();
    }

    private static ScanResponse page(String cursor, String... ids) {
        return ScanResponse.newBuilder()
                .setCursor(cursor)
                .addAllDocuments(Arrays.stream(ids)
                        .map(id -> Document.newBuilder().setId(id).build())
                        .toList())
                .build();
    }
}
