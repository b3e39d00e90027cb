package io.crossfade.proxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.v1.Document;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.UpsertRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Clients without manners: they call all at once, over many connections, never try again, and need not read. */
public final class Crowd implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<ManagedChannel> connections = new ArrayList<>();
    private final Map<Status.Code, Long> answers = new EnumMap<>(Status.Code.class);
    private final List<ClientCall<?, ?>> calls = new ArrayList<>();
    private int answered;

    public Crowd(int port, int connections) {
        for (int i = 0; i < connections; i++) {
            this.connections.add(NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .directExecutor()
                    .disableRetry()
                    .build());
        }
    }

    public static UpsertRequest upsert(String collection, String id, String text) {
        return UpsertRequest.newBuilder()
                .setCollection(collection)
                .addDocuments(document(id, text))
                .build();
    }

    public static Document document(String id, String text) {
        NamedVector.Builder vector = NamedVector.newBuilder().setSpace("tiny");
        vector.getDenseBuilder().getFloatsBuilder().addAllValues(List.of(1f, 2f, 3f, 4f));
        return Document.newBuilder().setId(id).setText(text).addVectors(vector).build();
    }

    /** Asks for one message of the answer, and no more. */
    public <Q, R> void send(MethodDescriptor<Q, R> method, Q request) {
        ClientCall<Q, R> call = begin(method);
        call.request(1);
        call.sendMessage(request);
        call.halfClose();
    }

    /** Sends nothing but the headers, and those at once, which gRPC does for streams only. */
    public <Q, R> ClientCall<Q, R> begin(MethodDescriptor<Q, R> method) {
        ManagedChannel connection = connections.get(calls.size() % connections.size());
        ClientCall<Q, R> call = connection.newCall(
                method.toBuilder()
                        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                        .build(),
                CallOptions.DEFAULT.withDeadlineAfter(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        note(status);
                    }
                },
                new Metadata());
        calls.add(call);
        return call;
    }

    private synchronized void note(Status status) {
        answered++;
        answers.merge(status.getCode(), 1L, Long::sum);
    }

    public synchronized Map<Status.Code, Long> answersSoFar() {
        return new EnumMap<>(answers);
    }

    private synchronized boolean isAnswered() {
        return answered == calls.size();
    }

    /** Calls that have no answer yet. */
    public synchronized int waiting() {
        return calls.size() - answered;
    }

    /** Reads them all, however little was asked for before. */
    public Map<Status.Code, Long> awaitAnswers() {
        calls.forEach(call -> call.request(1_000));
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(isAnswered()).as("%s", answersSoFar()).isTrue());
        return answersSoFar();
    }

    @Override
    public void close() {
        connections.forEach(ManagedChannel::shutdownNow);
    }
}
