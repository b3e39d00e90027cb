package io.crossfade.proxy.load;

import io.grpc.Channel;
import io.grpc.Server;
import java.util.concurrent.CompletableFuture;

/** The yardstick: hands each request on to two upstreams, unread, and answers with the first one's reply once both have. */
final class ByteProxy {
    private ByteProxy() {}

    public static void main(String[] ports) throws Exception {
        Channel first = Bytes.channel(Integer.parseInt(ports[0]));
        Channel second = Bytes.channel(Integer.parseInt(ports[1]));
        Server server = Bytes.server()
                .addService(Bytes.upserts((request, observer) -> {
                    CompletableFuture<byte[]> one = Bytes.upsert(first, request);
                    CompletableFuture<byte[]> other = Bytes.upsert(second, request);
                    one.thenCombine(other, (reply, ignored) -> reply).whenComplete((reply, failed) -> {
                        if (failed != null) {
                            observer.onError(failed);
                        } else {
                            observer.onNext(reply);
                            observer.onCompleted();
                        }
                    });
                }))
                .build()
                .start();
        System.out.println(Child.READY + server.getPort());
        Child.waitForEndOfInput();
    }
}
