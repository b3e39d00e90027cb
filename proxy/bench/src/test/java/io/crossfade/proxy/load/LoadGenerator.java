package io.crossfade.proxy.load;

import com.google.protobuf.ByteString;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.Document;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.Value;
import io.grpc.ManagedChannel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps a fixed number of upserts of distinct 3 KiB documents in flight. Each line of input, {@code port calls}, is one
 * run; each line of output its {@link Figures}.
 */
final class LoadGenerator {
    private static final int CONNECTIONS = 2;
    private static final String DIGITS = "0000000000000000";
    private static final byte[] PREFIX = "document-".getBytes(StandardCharsets.US_ASCII);

    /** Bytes of the id of each document, at whose end is its number. */
    static final int ID_LENGTH = PREFIX.length + DIGITS.length();

    private static final byte[] TEMPLATE = template();
    private static final int[] NUMBERS_AT = positions();

    private final ManagedChannel channel;
    private final AtomicLong next;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicLong errors = new AtomicLong();
    private final long[] latencies;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private LoadGenerator(ManagedChannel channel, int calls, AtomicLong next) {
        this.channel = channel;
        this.next = next;
        this.latencies = new long[calls];
    }

    /** Times in microseconds. */
    record Figures(double callsPerSecond, long calls, long errors, double p50, double p99) {
        static Figures parse(String line) {
            String[] parts = line.split(" ", -1);
            return new Figures(
                    Double.parseDouble(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    Double.parseDouble(parts[3]),
                    Double.parseDouble(parts[4]));
        }

        String line() {
            return callsPerSecond + " " + calls + " " + errors + " " + p50 + " " + p99;
        }
    }

    public static void main(String[] arguments) throws Exception {
        int inFlight = Integer.parseInt(arguments[0]);
        AtomicLong next = new AtomicLong();
        System.out.println(Child.READY + TEMPLATE.length);
        Child.answer(line -> {
            String[] order = line.split(" ", -1);
            return run(Integer.parseInt(order[0]), Integer.parseInt(order[1]), inFlight, next)
                    .line();
        });
    }

    private static Figures run(int port, int calls, int inFlight, AtomicLong next) {
        long began = System.nanoTime();
        List<LoadGenerator> connections = java.util.stream.Stream.generate(
                        () -> new LoadGenerator(Bytes.channel(port), calls / CONNECTIONS, next))
                .limit(CONNECTIONS)
                .toList();
        connections.forEach(connection -> {
            for (int i = 0; i < inFlight / CONNECTIONS; i++) {
                connection.call();
            }
        });
        connections.forEach(connection -> connection.done.join());
        double seconds = (System.nanoTime() - began) / 1e9;
        connections.forEach(connection -> connection.channel.shutdownNow());
        long[] all = connections.stream()
                .flatMapToLong(connection -> Arrays.stream(connection.latencies))
                .sorted()
                .toArray();
        long errors = connections.stream().mapToLong(each -> each.errors.get()).sum();
        return new Figures(
                all.length / seconds, all.length, errors, all[all.length / 2] / 1e3, all[all.length / 100 * 99] / 1e3);
    }

    private void call() {
        int number = begun.getAndIncrement();
        if (number >= latencies.length) {
            return;
        }
        long began = System.nanoTime();
        Bytes.upsert(channel, request(next.incrementAndGet())).whenComplete((reply, failed) -> {
            latencies[number] = System.nanoTime() - began;
            if (failed != null) {
                errors.incrementAndGet();
            }
            if (ended.incrementAndGet() == latencies.length) {
                done.complete(null);
            } else {
                call();
            }
        });
    }

    /** An id begins there. */
    static boolean isPrefix(byte[] bytes, int at) {
        return Arrays.equals(bytes, at, at + PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    static byte[] request(long number) {
        byte[] request = TEMPLATE.clone();
        byte[] digits = String.format("%016d", number).getBytes(StandardCharsets.US_ASCII);
        for (int at : NUMBERS_AT) {
            System.arraycopy(digits, 0, request, at, digits.length);
        }
        return request;
    }

    private static byte[] template() {
        Random random = new Random(1);
        ByteBuffer vector =
                ByteBuffer.allocate(SidecarConfig.DIMENSIONS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (vector.hasRemaining()) {
            vector.putFloat((float) random.nextGaussian());
        }
        Document.Builder document = Document.newBuilder()
                .setId(new String(PREFIX, StandardCharsets.US_ASCII) + DIGITS)
                .setText("a bright brass lamp for the desk; ".repeat(36))
                .addVectors(NamedVector.newBuilder()
                        .setSpace(SidecarConfig.SPACE)
                        .setDense(DenseVector.newBuilder().setF32Le(ByteString.copyFrom(vector.flip()))));
        for (int i = 0; i < 8; i++) {
            document.putMetadata(
                    "key" + i, Value.newBuilder().setStringValue("value " + i).build());
        }
        return UpsertRequest.newBuilder()
                .setCollection(SidecarConfig.COLLECTION)
                .setWriteId(DIGITS)
                .addDocuments(document)
                .build()
                .toByteArray();
    }

    private static int[] positions() {
        String all = new String(TEMPLATE, StandardCharsets.ISO_8859_1);
        int first = all.indexOf(DIGITS);
        return new int[] {first, all.indexOf(DIGITS, first + 1)};
    }
}
