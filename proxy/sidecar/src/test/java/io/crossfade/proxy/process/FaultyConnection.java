package io.crossfade.proxy.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/** One connection through a {@link FaultProxy}: a thread for each direction. */
public final class FaultyConnection {
    private static final int PIECE = 64 << 10;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server;
    private final CountDownLatch ended = new CountDownLatch(2);
    private boolean isKept;

    public FaultyConnection(FaultProxy proxy, Socket client, int serverPort) throws IOException {
        this.proxy = proxy;
        this.client = client;
        try {
            this.server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        } catch (IOException e) {
            FaultProxy.resetAndClose(client);
            throw e;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
    }

    public void start(Runnable forget) {
        FaultProxy.thread("fault-requests", () -> {
            pump(client, server, true);
            ended.countDown();
        });
        FaultProxy.thread("fault-answers", () -> {
            pump(server, client, false);
            forget.run();
            ended.countDown();
        });
    }

    /** One side ends, and so does the other, but what it had sent before is delivered first. */
    private void pump(Socket from, Socket to, boolean isRequest) {
        byte[] piece = new byte[PIECE];
        try {
            InputStream in = from.getInputStream();
            for (int size = in.read(piece); size >= 0; size = in.read(piece)) {
                proxy.hold(isRequest);
                awaitDelivery();
                if (isRequest || !to.isOutputShutdown()) {
                    forward(piece, size, to.getOutputStream());
                }
            }
            to.shutdownOutput();
        } catch (IOException e) {
            FaultProxy.closeQuietly(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forward(byte[] piece, int size, OutputStream out) throws IOException, InterruptedException {
        for (int sent = 0; sent < size; ) {
            int portion = proxy.portion(size - sent, sent == 0);
            out.write(piece, sent, portion);
            sent += portion;
        }
    }

    public synchronized void keep() {
        isKept = true;
    }

    private synchronized void awaitDelivery() throws InterruptedException {
        while (isKept) {
            wait();
        }
    }

    public void abandonKept() throws IOException {
        if (isKept()) {
            client.shutdownOutput();
        }
    }

    private synchronized boolean isKept() {
        return isKept;
    }

    /** Returns when the server has seen all of it, and has closed its side. */
    public void deliverKept() throws InterruptedException {
        if (isKept()) {
            synchronized (this) {
                isKept = false;
                notifyAll();
            }
            ended.await();
        }
    }

    public void reset() {
        FaultProxy.resetAndClose(client);
        FaultProxy.resetAndClose(server);
    }
}
