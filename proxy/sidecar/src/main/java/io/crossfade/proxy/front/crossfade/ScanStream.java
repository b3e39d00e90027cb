package io.crossfade.proxy.front.crossfade;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Collection.ScanCall;
import io.crossfade.proxy.collection.Collection.ScanReply;
import io.crossfade.proxy.front.calls.CallRunner;
import io.crossfade.proxy.front.calls.CallsInFlight;
import io.crossfade.proxy.front.calls.OpenStream;
import io.crossfade.proxy.time.Branches;
import io.crossfade.v1.Include;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Strings the pages of a scan together. Asks for a page only when the transport has room, so at most one page waits for
 * a slow reader. Lossless: a stream that breaks is resumed with the cursor of the last page that arrived.
 *
 * <p>Whoever sets {@code busy} owns the stream: the cursor, and the right to answer. It is never released after the
 * end.
 */
final class ScanStream {
    /** The bytes that a page takes, more or less: drivers end theirs near one mebibyte. */
    private static final int PAGE_BYTES = 1 << 20;

    private final Collection collection;
    private final Include include;
    private final boolean onePage;
    private final ServerCallStreamObserver<ScanResponse> call;
    private final CallRunner runner;
    private final CallsInFlight calls;
    private final Supplier<Duration> timeouts;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final OpenStream stream = OpenStream.current();
    private ScanCall next;

    ScanStream(
            Collection collection,
            ScanRequest request,
            ServerCallStreamObserver<ScanResponse> call,
            CallRunner runner,
            CallsInFlight calls) {
        this.collection = collection;
        this.call = call;
        this.runner = runner;
        this.calls = calls;
        include = RequestReader.include(request);
        onePage = request.getOnePage();
        next = RequestReader.scan(request, collection::describe);
        timeouts = runner.timeouts();
    }

    void start() {
        calls.begin();
        call.setOnReadyHandler(this::go);
        call.setOnCancelHandler(this::go);
    }

    /**
     * Reads on. This is a loop, not a recursion, for a driver that answers at once with pages that a filter has
     * emptied.
     */
    private void go() {
        while ((call.isReady() || call.isCancelled()) && busy.compareAndSet(false, true)) {
            if (call.isCancelled()) {
                calls.end();
                return;
            }
            stream.taken();
            CompletableFuture<ScanReply> sent = page().whenComplete(this::send);
            if (!sent.isDone()) {
                Branches.take(sent, (reply, failure) -> go());
                return;
            }
        }
    }

    private CompletableFuture<ScanReply> page() {
        try {
            if (calls.isStopping()) {
                throw new CallException(
                        CallException.Kind.UNAVAILABLE, "the sidecar is stopping; go on from the last cursor");
            }
            stream.reserve(PAGE_BYTES);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return scan().whenComplete((reply, failure) -> stream.giveBack(PAGE_BYTES));
    }

    private CompletableFuture<ScanReply> scan() {
        try {
            return collection.scan(next, timeouts.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void send(@Nullable ScanReply reply, @Nullable Throwable failure) {
        if (reply == null || failure != null) {
            end(() -> runner.fail(call, failure == null ? new IllegalStateException("no page") : failure));
            return;
        }
        if (!call.isCancelled()) {
            call.onNext(ReplyWriter.write(reply, include));
        }
        if (onePage || reply.page().isLast()) {
            end(call::onCompleted);
            return;
        }
        next = next.from(reply.page().cursor());
        if (!call.isReady()) {
            stream.awaitPeer();
        }
        busy.set(false);
    }

    private void end(Runnable answer) {
        calls.end();
        if (!call.isCancelled()) {
            answer.run();
        }
    }
}
