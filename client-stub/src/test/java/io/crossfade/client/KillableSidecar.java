package io.crossfade.client;

import io.crossfade.v1.CountRequest;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.Document;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.crossfade.v1.WriteResult;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** A process that serves the data API, appends each write to a file before it answers, and can be killed. */
final class KillableSidecar {
    private static final int SCAN_DOCUMENTS = 300;
    private static final int PROGRESS_EVERY = 100;

    private final Process process;
    private final BufferedReader output;
    private final int port;

    private KillableSidecar(Process process, BufferedReader output, int port) {
        this.process = process;
        this.output = output;
        this.port = port;
    }

    static KillableSidecar start(int port, Path journal) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                KillableSidecar.class.getName(),
                Integer.toString(port),
                journal.toString());
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = builder.start();
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            return new KillableSidecar(process, output, Integer.parseInt(output.readLine()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    String target() {
        return "127.0.0.1:" + port;
    }

    /** Waits until this process has taken at least so many writes. */
    void awaitWrites(long count) throws IOException {
        long seen = 0;
        while (seen < count) {
            seen = Long.parseLong(output.readLine());
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ids that a scan returns after its first document. */
    static List<String> idsAfterTheFirst() {
        return IntStream.range(1, SCAN_DOCUMENTS).mapToObj(i -> "scan-" + i).toList();
    }

    /** Arguments: port, file to append to. Prints the port, then how many writes were taken, now and then. */
    public static void main(String[] arguments) throws Exception {
        Server server = Grpc.newServerBuilderForPort(Integer.parseInt(arguments[0]), InsecureServerCredentials.create())
                .addService(new Service(Path.of(arguments[1])))
                .build()
                .start();
        System.out.println(server.getPort());
        server.awaitTermination();
    }

    private static final class Service extends VectorServiceGrpc.VectorServiceImplBase {
        private final Path journal;
        private final AtomicLong taken = new AtomicLong();

        Service(Path journal) {
            this.journal = journal;
        }

        @Override
        public void upsert(UpsertRequest request, StreamObserver<WriteResponse> observer) {
            append(request);
            observer.onNext(WriteResponse.newBuilder()
                    .addResults(WriteResult.newBuilder().setLeader(WriteResult.Leader.LEADER_APPLIED))
                    .build());
            observer.onCompleted();
            long count = taken.incrementAndGet();
            if (count % PROGRESS_EVERY == 0) {
                System.out.println(count);
            }
        }

        @Override
        public void count(CountRequest request, StreamObserver<CountResponse> observer) {
            observer.onNext(CountResponse.newBuilder().setCount(taken.get()).build());
            observer.onCompleted();
        }

        /** One document a page, only as fast as they are taken. The cursor is the next position. */
        @Override
        public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
            ServerCallStreamObserver<ScanResponse> call = (ServerCallStreamObserver<ScanResponse>) observer;
            int[] position = {request.getCursor().isEmpty() ? 0 : Integer.parseInt(request.getCursor())};
            call.setOnReadyHandler(() -> {
                while (call.isReady() && position[0] < SCAN_DOCUMENTS) {
                    call.onNext(page(position[0]++));
                }
                if (position[0] == SCAN_DOCUMENTS) {
                    position[0]++;
                    call.onCompleted();
                }
            });
        }

        private static ScanResponse page(int position) {
            boolean last = position == SCAN_DOCUMENTS - 1;
            return ScanResponse.newBuilder()
                    .addDocuments(
                            Document.newBuilder().setId("scan-" + position).setText("x".repeat(50_000)))
                    .setCursor(last ? "" : Integer.toString(position + 1))
                    .build();
        }

        private synchronized void append(UpsertRequest request) {
            String line = request.getDocuments(0).getId() + " " + request.getWriteId() + " .\n";
            try {
                Files.writeString(journal, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
