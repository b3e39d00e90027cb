package io.crossfade.proxy.front.calls;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.time.Time;
import io.grpc.Context;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one stream holds. gRPC reports to it what arrives and what is sent. The request is held until the stream has
 * ended and the work on it, too: a cancelled write is still finished. What is not atomic belongs to the stream's event
 * loop.
 */
public final class OpenStream extends ServerStreamTracer {
    private static final Context.Key<OpenStream> CURRENT = Context.keyWithDefault(
            "open-stream",
            new OpenStream(
                    "",
                    new Shared(new AtomicInteger(), ByteBudget.unlimited(), ByteBudget.unlimited(), Patience.ENDLESS)));

    private final String client;
    private final Shared shared;
    private final AtomicLong request = new AtomicLong();
    private final AtomicLong answer = new AtomicLong();
    /** The stream itself, and work on its request. */
    private final AtomicInteger holders = new AtomicInteger(1);

    private volatile boolean ended;
    private volatile Time.Timer impatience = () -> {};
    private volatile Context.@Nullable CancellableContext context;
    private Consumer<String> refusal = problem -> {};
    private boolean refused;

    /** What all streams have in common. */
    record Shared(AtomicInteger open, ByteBudget requests, ByteBudget answers, Patience patience) {}

    /**
     * @param client who asks, as it calls itself
     */
    OpenStream(String client, Shared shared) {
        this.client = client;
        this.shared = shared;
        shared.open().incrementAndGet();
    }

    /** The stream of the call that is being handled; outside one, a stream that nothing limits. */
    public static OpenStream current() {
        return CURRENT.get();
    }

    public String client() {
        return client;
    }

    @Override
    public Context filterContext(Context parent) {
        Context.CancellableContext own = parent.withValue(CURRENT, this).withCancellation();
        context = own;
        return own;
    }

    /**
     * Begins: the headers are here, and the request is awaited.
     *
     * @param refusing answers it
     */
    void begin(Consumer<String> refusing) {
        refusal = refusing;
        awaitPeer();
    }

    boolean isRefused() {
        return refused;
    }

    void refuse(String problem) {
        refused = true;
        refusal.accept(problem);
    }

    @Override
    public void inboundWireSize(long bytes) {
        shared.requests().take(bytes);
        request.addAndGet(bytes);
        if (!refused && shared.requests().refuses(this, 0)) {
            refuse(shared.requests().problem());
        }
    }

    /** Notes that the request is here. */
    void arrived() {
        impatience.cancel();
    }

    /** Notes that work on the request begins. */
    void hold() {
        holders.incrementAndGet();
    }

    /** Notes that the work has ended. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            shared.requests().give(request.getAndSet(0));
            shared.requests().forget(this);
        }
    }

    /**
     * Checks that there is room for an answer; to be asked before a read is answered.
     *
     * @throws CallException of kind EXHAUSTED if readers have left too much
     */
    public void requireRoom(long bytes) {
        boolean refused = shared.answers().refuses(this, bytes);
        if (ended) {
            shared.answers().forget(this);
        }
        if (refused) {
            throw new CallException(
                    CallException.Kind.EXHAUSTED, shared.answers().problem());
        }
    }

    /**
     * Reserves room for an answer that is yet to be made; each reservation is to be given back.
     *
     * @throws CallException likewise
     */
    public void reserve(long bytes) {
        requireRoom(bytes);
        shared.answers().take(bytes);
    }

    public void giveBack(long bytes) {
        shared.answers().give(bytes);
    }

    @Override
    public void outboundWireSize(long bytes) {
        shared.answers().take(bytes);
        answer.addAndGet(bytes);
        if (ended) {
            taken();
        }
    }

    /** Drops the stream, and what waits in it to be sent, unless what was sent is taken in time. */
    public void awaitPeer() {
        impatience = shared.patience().runsOut(this::drop);
        if (ended) {
            impatience.cancel();
        }
    }

    /**
     * Drops the stream: gRPC resets the stream of a call whose context ends for lack of time, and frees what it holds.
     */
    private void drop() {
        cancel(new TimeoutException("the other side has stopped"));
    }

    private void cancel(@Nullable TimeoutException cause) {
        Context.CancellableContext own = context;
        if (own != null) {
            own.cancel(cause);
        }
    }

    /** Notes that what was sent has left this process. */
    public void taken() {
        impatience.cancel();
        shared.answers().give(answer.getAndSet(0));
        shared.answers().forget(this);
    }

    @Override
    public void streamClosed(Status status) {
        ended = true;
        cancel(null);
        taken();
        shared.open().decrementAndGet();
        release();
    }
}
