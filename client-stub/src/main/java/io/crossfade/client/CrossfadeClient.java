package io.crossfade.client;

import io.grpc.ChannelCredentials;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client of one sidecar's data listener. Make one and share it: it is safe for use by many threads, and every call
 * uses the same connection.
 */
public final class CrossfadeClient implements AutoCloseable {
    private final Connection connection;
    private final Timeouts timeouts;

    private CrossfadeClient(Connection connection, Timeouts timeouts) {
        this.connection = connection;
        this.timeouts = timeouts;
    }

    /** With default settings. */
    public static CrossfadeClient connect(String target) {
        return builder(target).build();
    }

    /**
     * @param target {@code host:port} or {@code unix:/path}
     */
    public static Builder builder(String target) {
        return new Builder(target);
    }

    /** One collection; nothing is sent until it is used. */
    public CrossfadeCollection collection(String name) {
        return new CrossfadeCollection(new AsyncCollection(connection, name, timeouts));
    }

    /** Lets running calls end for up to 5 s, then cancels them. */
    @Override
    public void close() {
        connection.close();
    }

    /** Settings of a client. */
    public static final class Builder {
        private final String target;
        private @Nullable ChannelCredentials credentials;
        private String name = "";
        private Timeouts timeouts = Timeouts.DEFAULT;

        private Builder(String target) {
            this.target = target;
        }

        /** Unless set: plain text on this machine, else TLS with the platform's certificates. */
        public Builder credentials(ChannelCredentials credentials) {
            this.credentials = credentials;
            return this;
        }

        /**
         * Who calls, such as {@code search-api}: the sidecar names clients that do not send what a migration needs. It goes
         * into the {@code user-agent} header, where other languages set it too.
         *
         * @param name printable ASCII without a blank
         */
        public Builder name(String name) {
            if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new IllegalArgumentException(
                        "name: \"" + name + "\" (expected: printable ASCII without a blank)");
            }
            this.name = name;
            return this;
        }

        /** How long a read may take, all its attempts together; for a scan, until the next page. 10 s unless set. */
        public Builder readTimeout(Duration timeout) {
            timeouts = new Timeouts(timeout, timeouts.write());
            return this;
        }

        /** How long a write may take, all its attempts together; 30 s unless set. */
        public Builder writeTimeout(Duration timeout) {
            timeouts = new Timeouts(timeouts.read(), timeout);
            return this;
        }

        public CrossfadeClient build() {
            ChannelCredentials chosen = credentials == null ? Connection.usual(target) : credentials;
            return new CrossfadeClient(Connection.to(target, chosen, name), timeouts);
        }
    }
}
