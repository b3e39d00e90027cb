package io.crossfade.client;

import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server stream of pages. Lossless and bounded: the server sends no page that was not asked for. */
final class ScanStream extends ClientCall.Listener<ScanResponse> {
    private static final int PAGES_AHEAD = 2;

    private final ClientCall<ScanRequest, ScanResponse> call;
    /** Pages that were asked for, and the end. */
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(PAGES_AHEAD + 1);

    private ScanStream(ClientCall<ScanRequest, ScanResponse> call) {
        this.call = call;
    }

    /** A page, or the end of the stream. */
    private record Event(@Nullable ScanResponse page, Status status, Metadata trailers) {}

    static ScanStream start(Channel channel, ScanRequest request) {
        ScanStream stream = new ScanStream(
                channel.newCall(VectorServiceGrpc.getScanMethod(), CallOptions.DEFAULT.withWaitForReady()));
        stream.call.start(stream, new Metadata());
        stream.call.sendMessage(request);
        stream.call.halfClose();
        stream.call.request(PAGES_AHEAD);
        return stream;
    }

    /**
     * The next page, or null after the last.
     *
     * @throws CrossfadeException if the stream broke, or the deadline passed first
     */
    @Nullable
    ScanResponse next(Deadline deadline) {
        Event event = poll(deadline);
        if (event == null) {
            throw CrossfadeException.of(Status.DEADLINE_EXCEEDED.withDescription("no page arrived within the timeout"));
        } else if (event.page != null) {
            call.request(1);
            return event.page;
        } else if (event.status.isOk()) {
            return null;
        }
        throw CrossfadeException.of(event.status.asRuntimeException(event.trailers));
    }

    void cancel() {
        call.cancel("scan ended by the caller", null);
    }

    @Override
    public void onMessage(ScanResponse page) {
        events.add(new Event(page, Status.OK, new Metadata()));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        events.add(new Event(null, status, trailers));
    }

    private @Nullable Event poll(Deadline deadline) {
        try {
            return events.poll(deadline.timeRemaining(TimeUnit.NANOSECONDS), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
            throw CrossfadeException.of(
                    Status.CANCELLED.withDescription("interrupted").withCause(e));
        }
    }
}
