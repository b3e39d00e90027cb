package io.crossfade.proxy.front.calls;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * Answers bytes that are no message of the call, or are nested deeper than protobuf reads, with INVALID_ARGUMENT. gRPC
 * by itself says UNKNOWN, which for a write means that it may have been applied.
 *
 * <p>Parsing happens before any interceptor sees the message; so the request marshaller yields the failure as if it
 * were the message, and the listener around the call's own turns it into the answer. What remains is unchecked, and
 * safe because nothing but that listener sees the difference.
 */
public final class MalformedMessages {
    private MalformedMessages() {}

    public static ServerServiceDefinition refused(ServerServiceDefinition service) {
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        service.getServiceDescriptor().getName())
                .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
        var methods =
                service.getMethods().stream().map(MalformedMessages::method).toList();
        methods.forEach(method -> descriptor.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder result = ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(result::addMethod);
        return result.build();
    }

    @SuppressWarnings("unchecked")
    private static <Q, R> ServerMethodDefinition<Object, R> method(ServerMethodDefinition<Q, R> method) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        ServerCallHandler<Object, R> handler = (ServerCallHandler<Object, R>) method.getServerCallHandler();
        return ServerMethodDefinition.create(
                descriptor.toBuilder(new Parser<>(descriptor), descriptor.getResponseMarshaller())
                        .build(),
                (call, headers) -> start(handler, call, headers));
    }

    private static <R> ServerCall.Listener<Object> start(
            ServerCallHandler<Object, R> handler, ServerCall<Object, R> call, Metadata headers) {
        return new SimpleForwardingServerCallListener<>(handler.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Object message) {
                if (message instanceof Malformed malformed) {
                    refused = true;
                    call.close(Status.INVALID_ARGUMENT.withDescription(malformed.problem()), new Metadata());
                } else {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }

    private record Malformed(String problem) {}

    private record Parser<Q>(MethodDescriptor<Q, ?> method) implements Marshaller<Object> {
        @Override
        public Object parse(InputStream bytes) {
            try {
                return method.parseRequest(bytes);
            } catch (StatusRuntimeException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                return new Malformed("request: " + cause.getMessage() + " (expected: a message of "
                        + method.getFullMethodName() + ", nested at most 100 deep)");
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        public InputStream stream(Object message) {
            return method.streamRequest((Q) message);
        }
    }
}
