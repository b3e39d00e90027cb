package io.crossfade.proxy.front.listen;

import io.crossfade.proxy.settings.Bytes;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * Settings of where the sidecar listens.
 *
 * @param data for applications; may be a Unix socket
 * @param admin for operators
 * @param ops for probes and metrics
 * @param messageBytes largest message, in and out
 * @param streams most data calls that are open, from the first byte of the request to the last of the answer
 * @param streamsPerConnection most of one connection; more wait on the client's side
 * @param bytesInFlight most bytes of requests in memory, and of answers; 0: an eighth of the heap
 * @param patience a request that has not arrived by then, or an answer that has not been taken, is dropped
 */
public record ListenerSettings(
        @Default("127.0.0.1:7400") ListenAddress data,
        @Default("127.0.0.1:7401") ListenAddress admin,
        @Default("0.0.0.0:7402") ListenAddress ops,
        @Bytes @Default("32MiB") int messageBytes,
        @Default("4096") int streams,
        @Default("1024") int streamsPerConnection,
        @Bytes @Default("0") long bytesInFlight,
        @Default("1m") Duration patience) {
    public ListenerSettings {
        new Check()
                .that(!admin.isUnix(), "admin", admin, "host:port")
                .that(!ops.isUnix(), "ops", ops, "host:port")
                .that(!admin.collides(data), "admin", admin, "another port than that of data, " + data)
                .that(!ops.collides(data), "ops", ops, "another port than that of data, " + data)
                .that(!ops.collides(admin), "ops", ops, "another port than that of admin, " + admin)
                .positive("message_bytes", messageBytes)
                .positive("streams", streams)
                .positive("streams_per_connection", streamsPerConnection)
                .positive("patience", patience)
                .done();
    }
}
