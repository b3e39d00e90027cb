package io.crossfade.proxy.driver.crossfade;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Requests that are encoded already. Encoding into an array takes no buffers beside it, other than encoding into the stream that
 * gRPC gives, and its length need not be counted first.
 */
final class EncodedRequest {
    private static final Marshaller MARSHALLER = new Marshaller();

    private EncodedRequest() {}

    /** The same method, which takes its request encoded. */
    static <R> MethodDescriptor<byte[], R> method(MethodDescriptor<?, R> method) {
        return method.toBuilder(MARSHALLER, method.getResponseMarshaller()).build();
    }

    private static final class Marshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] request) {
            return new Stream(request);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("requests are sent, and never read, here");
        }
    }

    private static final class Stream extends ByteArrayInputStream implements KnownLength, Drainable {
        Stream(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int left = available();
            target.write(buf, pos, left);
            pos = count;
            return left;
        }
    }
}
