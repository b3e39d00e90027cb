package io.crossfade.proxy.front;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Channel;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client that knows of an API only what the server's reflection service tells. */
final class Reflection {
    private final Channel channel;

    Reflection(Channel channel) {
        this.channel = channel;
    }

    /** The message that an {@code Any} holds. */
    DynamicMessage read(Any any) throws Exception {
        String name = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
        return DynamicMessage.parseFrom(type(name), any.getValue());
    }

    /** A message type by its full name. */
    Descriptor type(String name) throws Exception {
        ServerReflectionResponse response = ask(name);
        if (response.hasErrorResponse()) {
            throw new IllegalArgumentException(
                    name + ": " + response.getErrorResponse().getErrorMessage());
        }
        Map<String, FileDescriptorProto> files = new HashMap<>();
        for (ByteString bytes : response.getFileDescriptorResponse().getFileDescriptorProtoList()) {
            FileDescriptorProto file = parse(bytes);
            files.put(file.getName(), file);
        }
        return find(name, files);
    }

    private static Descriptor find(String name, Map<String, FileDescriptorProto> files)
            throws DescriptorValidationException {
        for (FileDescriptorProto file : files.values()) {
            String simple = name.substring(name.lastIndexOf('.') + 1);
            Descriptor type = build(file, files).findMessageTypeByName(simple);
            if (type != null && type.getFullName().equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException(name + ": in none of the files " + files.keySet());
    }

    private static FileDescriptor build(FileDescriptorProto file, Map<String, FileDescriptorProto> files)
            throws DescriptorValidationException {
        FileDescriptor[] imports = new FileDescriptor[file.getDependencyCount()];
        for (int i = 0; i < imports.length; i++) {
            String name = file.getDependency(i);
            imports[i] = build(Objects.requireNonNull(files.get(name), name), files);
        }
        return FileDescriptor.buildFrom(file, imports);
    }

    private static FileDescriptorProto parse(ByteString bytes) {
        try {
            return FileDescriptorProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private ServerReflectionResponse ask(String symbol) throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(channel).serverReflectionInfo(first(answer));
        requests.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol(symbol)
                .build());
        requests.onCompleted();
        return answer.get(10, TimeUnit.SECONDS);
    }

    private static StreamObserver<ServerReflectionResponse> first(CompletableFuture<ServerReflectionResponse> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        };
    }
}
