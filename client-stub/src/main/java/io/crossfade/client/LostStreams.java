package io.crossfade.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * A call whose connection ends is UNAVAILABLE, also where gRPC says INTERNAL, as it sometimes does of a request that still
 * waits to be sent when the server goes away. An INTERNAL that comes from the server has no cause here.
 */
final class LostStreams implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                super.start(new Telling<>(listener), headers);
            }
        };
    }

    private static final class Telling<R> extends SimpleForwardingClientCallListener<R> {
        Telling(ClientCall.Listener<R> listener) {
            super(listener);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            super.onClose(isLost(status) ? unavailable(status) : status, trailers);
        }
    }

    private static boolean isLost(Status status) {
        return status.getCode() == Status.Code.INTERNAL && status.getCause() != null;
    }

    private static Status unavailable(Status status) {
        return Status.UNAVAILABLE.withDescription(status.getDescription()).withCause(status.getCause());
    }
}
