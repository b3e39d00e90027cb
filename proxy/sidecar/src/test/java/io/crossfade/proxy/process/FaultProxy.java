package io.crossfade.proxy.process;

import io.crossfade.proxy.time.SystemTime;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A stretch of network before a server, which misbehaves on request. It forwards bytes, not messages, and what it took
 * from a client that has gone it may deliver long after, as any proxy or kernel on the way may. Two threads for each
 * connection; what it holds is bounded by its buffers, and then it stops reading.
 */
public final class FaultProxy implements AutoCloseable {
    public static final Duration DELAY = Duration.ofMillis(400);
    private static final Duration FLAP = Duration.ofMillis(700);
    private static final Duration TRICKLE = Duration.ofSeconds(1);
    private static final int MOST_CONNECTIONS = 1_000;

    private final ServerSocket listener;
    private final int serverPort;
    private final Set<FaultyConnection> connections = ConcurrentHashMap.newKeySet();
    private final SystemTime time = new SystemTime();
    private Mode mode = Mode.PASS;
    private long changes;
    private boolean isFlappedDown;
    private boolean closed;

    /** How it misbehaves. */
    public enum Mode {
        PASS,
        /** Nothing arrives, either way, until it is over. */
        BLACK_HOLE,
        /** Every connection is reset, and every new one. */
        RESET,
        /** Requests arrive and answers do not. */
        HALF_OPEN,
        /** One byte per second, either way. */
        TRICKLE,
        /** Every piece of a stream arrives {@link #DELAY} later. */
        DELAY,
        /** All is well for a moment, then everything is reset, and again. */
        FLAP
    }

    private FaultProxy(ServerSocket listener, int serverPort) {
        this.listener = listener;
        this.serverPort = serverPort;
    }

    public static FaultProxy before(int serverPort) throws IOException {
        FaultProxy proxy = new FaultProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), serverPort);
        thread("fault-accept", proxy::accept);
        return proxy;
    }

    public static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on, also for connections that stand. */
    public synchronized void mode(Mode next) {
        mode = next;
        changes++;
        isFlappedDown = false;
        notifyAll();
        if (next == Mode.RESET) {
            reset();
        } else if (next == Mode.FLAP) {
            long begun = changes;
            time.after(FLAP, () -> flap(begun));
        }
    }

    private synchronized void flap(long begun) {
        if (changes == begun) {
            isFlappedDown = !isFlappedDown;
            if (isFlappedDown) {
                reset();
            }
            time.after(FLAP, () -> flap(begun));
        }
    }

    /** What comes on the connections that stand is kept; those that come later are not concerned. */
    public void keepStanding() {
        connections.forEach(FaultyConnection::keep);
    }

    /** What was kept arrives now. Returns when the server has seen the end of it. */
    public void deliverKept() throws InterruptedException {
        for (FaultyConnection connection : connections) {
            connection.deliverKept();
        }
    }

    /** Ends those for their clients; the server learns nothing of it yet. */
    public void abandonKept() throws IOException {
        for (FaultyConnection connection : connections) {
            connection.abandonKept();
        }
    }

    private void reset() {
        connections.forEach(FaultyConnection::reset);
    }

    /** Holds a piece of a stream for as long as the present mode wants. */
    public synchronized void hold(boolean isRequest) throws InterruptedException {
        while (!closed && (mode == Mode.BLACK_HOLE || (mode == Mode.HALF_OPEN && !isRequest))) {
            wait();
        }
        if (mode == Mode.DELAY) {
            pause(DELAY);
        }
    }

    /** How much of a piece may go out at once; waits before each but the first. */
    public synchronized int portion(int wanted, boolean isFirst) throws InterruptedException {
        if (mode != Mode.TRICKLE) {
            return wanted;
        }
        if (!isFirst) {
            pause(TRICKLE);
        }
        return mode == Mode.TRICKLE ? 1 : wanted;
    }

    /** Ends early when the mode changes. */
    private synchronized void pause(Duration length) throws InterruptedException {
        long before = changes;
        long end = time.nanos() + length.toNanos();
        for (long left = length.toNanos(); left > 0 && changes == before && !closed; left = end - time.nanos()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private synchronized boolean refuses() {
        return mode == Mode.RESET || isFlappedDown;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void accept() {
        while (!isClosed()) {
            try {
                Socket client = listener.accept();
                if (refuses() || connections.size() >= MOST_CONNECTIONS) {
                    resetAndClose(client);
                } else {
                    FaultyConnection connection = new FaultyConnection(this, client, serverPort);
                    connections.add(connection);
                    connection.start(() -> connections.remove(connection));
                }
            } catch (IOException e) {
                // The listener was closed, or this one client has gone already.
            }
        }
    }

    public static void resetAndClose(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        closeQuietly(socket);
    }

    public static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing more to be done for it.
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        closeQuietly(listener);
        reset();
        time.close();
    }
}
