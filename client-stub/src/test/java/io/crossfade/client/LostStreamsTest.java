package io.crossfade.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfade.v1.CountRequest;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class LostStreamsTest {
    @Test
    void connectionEnded_internalBecomesUnavailable_andKeepsItsCause() {
        IOException cause = new IOException("stream closed");

        Status failure =
                failureOf(Status.INTERNAL.withDescription("http2 exception").withCause(cause));

        assertThat(failure.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure.getDescription()).isEqualTo("http2 exception");
        assertThat(failure.getCause()).isSameAs(cause);
    }

    @Test
    void serversOwnFailure_staysAsItIs() {
        assertThat(failureOf(Status.INTERNAL).getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(failureOf(Status.NOT_FOUND.withCause(new IOException())).getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    private static Status failureOf(Status status) {
        Channel channel = ClientInterceptors.intercept(new EndingChannel(status), new LostStreams());
        return catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> ClientCalls.<CountRequest, CountResponse>blockingUnaryCall(
                                channel,
                                VectorServiceGrpc.getCountMethod(),
                                CallOptions.DEFAULT,
                                CountRequest.getDefaultInstance()))
                .getStatus();
    }

    /** Every call ends at once. */
    private static final class EndingChannel extends Channel {
        private final Status status;

        EndingChannel(Status status) {
            this.status = status;
        }

        @Override
        public String authority() {
            return "nobody";
        }

        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    listener.onClose(status, new Metadata());
                }

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(String message, Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(Q message) {}
            };
        }
    }
}
