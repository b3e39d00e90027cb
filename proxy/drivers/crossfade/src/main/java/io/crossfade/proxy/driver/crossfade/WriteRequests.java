package io.crossfade.proxy.driver.crossfade;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.proxy.wire.Vectors;
import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.KeyedPatch;
import io.crossfade.v1.KeyedPatches;
import io.crossfade.v1.KeyedVectors;
import io.crossfade.v1.Keys;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.UpdateMetadataRequest;
import io.crossfade.v1.UpdateVectorsRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Puts writes of one kind into the call that carries them. */
final class WriteRequests {
    private static final Calls CALLS = new Calls();
    private static final MethodDescriptor<byte[], WriteResponse> UPSERT =
            EncodedRequest.method(VectorServiceGrpc.getUpsertMethod());
    private static final MethodDescriptor<byte[], WriteResponse> UPDATE_METADATA =
            EncodedRequest.method(VectorServiceGrpc.getUpdateMetadataMethod());
    private static final MethodDescriptor<byte[], WriteResponse> UPDATE_VECTORS =
            EncodedRequest.method(VectorServiceGrpc.getUpdateVectorsMethod());
    private static final MethodDescriptor<byte[], WriteResponse> DELETE =
            EncodedRequest.method(VectorServiceGrpc.getDeleteMethod());

    /** What this thread has encoded last: the other index of a migration often gets the same right after. */
    private static final ThreadLocal<@Nullable WeakReference<Encoded>> LAST = new ThreadLocal<>();

    private final String collection;
    private final Map<String, String> spaces;

    /**
     * @param spaces name of the space of each vector field, there
     */
    WriteRequests(String collection, Map<String, String> spaces) {
        this.collection = collection;
        this.spaces = spaces;
    }

    /** A request and where it goes. */
    record Prepared(MethodDescriptor<byte[], WriteResponse> method, byte[] request) {
        static Prepared of(MethodDescriptor<byte[], WriteResponse> method, MessageLite request) {
            return new Prepared(method, request.toByteArray());
        }

        int bytes() {
            return request.length;
        }

        CompletableFuture<WriteResponse> send(Channel channel, Deadline deadline) {
            return RemoteCall.send(channel, method, request, deadline);
        }
    }

    /**
     * @param writes at least one, all of one kind
     */
    Prepared prepare(List<IndexWrite> writes) {
        return writes.get(0).match(CALLS).prepare(this, writes);
    }

    /** The call that carries writes of one kind. */
    private interface Call {
        Prepared prepare(WriteRequests requests, List<IndexWrite> writes);
    }

    /** The call for each kind of write. */
    private static final class Calls implements IndexWrite.Cases<Call, RuntimeException> {
        @Override
        public Call put(IndexWrite.Put first) {
            return (requests, writes) -> new Prepared(
                    UPSERT,
                    writes.size() == 1
                            ? requests.upsert(first)
                            : requests.upsert(writes).toByteArray());
        }

        @Override
        public Call patchMetadata(IndexWrite.PatchMetadata first) {
            return (requests, writes) -> Prepared.of(UPDATE_METADATA, requests.updateMetadata(writes));
        }

        @Override
        public Call patchVectors(IndexWrite.PatchVectors first) {
            return (requests, writes) -> Prepared.of(UPDATE_VECTORS, requests.updateVectors(writes));
        }

        @Override
        public Call remove(IndexWrite.Remove first) {
            return (requests, writes) -> Prepared.of(DELETE, requests.delete(writes));
        }

        @Override
        public Call unstamp(IndexWrite.Unstamp first) {
            throw new IllegalArgumentException("unstamp (expected: a write that the other Crossfade has a call for)");
        }
    }

    private record Encoded(StoredDocument document, Map<String, String> spaces, byte[] bytes) {
        boolean isOf(StoredDocument other, Map<String, String> otherSpaces) {
            return document == other && spaces.equals(otherSpaces);
        }
    }

    private byte[] encoded(StoredDocument document) {
        WeakReference<Encoded> reference = LAST.get();
        Encoded last = reference == null ? null : reference.get();
        if (last == null || !last.isOf(document, spaces)) {
            byte[] bytes = Documents.write(document, spaces, Documents.StampParts.STAMP)
                    .toByteArray();
            last = new Encoded(document, spaces, bytes);
            LAST.set(new WeakReference<>(last));
        }
        return last.bytes();
    }

    /** An {@link UpsertRequest} of one document. */
    private byte[] upsert(IndexWrite.Put write) {
        byte[] document = encoded(write.document());
        byte[] request = new byte
                [CodedOutputStream.computeStringSize(UpsertRequest.COLLECTION_FIELD_NUMBER, collection)
                        + CodedOutputStream.computeByteArraySize(UpsertRequest.DOCUMENTS_FIELD_NUMBER, document)];
        CodedOutputStream out = CodedOutputStream.newInstance(request);
        try {
            out.writeString(UpsertRequest.COLLECTION_FIELD_NUMBER, collection);
            out.writeByteArray(UpsertRequest.DOCUMENTS_FIELD_NUMBER, document);
        } catch (IOException e) {
            throw new IllegalStateException("an array has no disk that could fail", e);
        }
        return request;
    }

    private UpsertRequest upsert(List<IndexWrite> writes) {
        UpsertRequest.Builder request = UpsertRequest.newBuilder().setCollection(collection);
        for (IndexWrite write : writes) {
            request.addDocuments(
                    Documents.write(((IndexWrite.Put) write).document(), spaces, Documents.StampParts.STAMP));
        }
        return request.build();
    }

    private UpdateMetadataRequest updateMetadata(List<IndexWrite> writes) {
        KeyedPatches.Builder patches = KeyedPatches.newBuilder();
        for (IndexWrite write : writes) {
            IndexWrite.PatchMetadata patch = (IndexWrite.PatchMetadata) write;
            patches.addPatches(KeyedPatch.newBuilder()
                    .setKey(Documents.write(patch.key()))
                    .setPatch(Documents.write(patch.patch()))
                    .addAllVectors(vectors(patch.vectors()))
                    .setStamp(Documents.write(patch.stamp())));
        }
        return UpdateMetadataRequest.newBuilder()
                .setCollection(collection)
                .setKeyed(patches)
                .build();
    }

    private UpdateVectorsRequest updateVectors(List<IndexWrite> writes) {
        UpdateVectorsRequest.Builder request = UpdateVectorsRequest.newBuilder().setCollection(collection);
        for (IndexWrite write : writes) {
            IndexWrite.PatchVectors patch = (IndexWrite.PatchVectors) write;
            request.addUpdates(KeyedVectors.newBuilder()
                    .setKey(Documents.write(patch.key()))
                    .addAllVectors(vectors(patch.vectors()))
                    .setStamp(Documents.write(patch.stamp())));
        }
        return request.build();
    }

    private List<NamedVector> vectors(Map<String, Embedding> byField) {
        return byField.entrySet().stream()
                .map(entry -> Vectors.write(entry.getKey(), spaces.getOrDefault(entry.getKey(), ""), entry.getValue()))
                .toList();
    }

    private DeleteRequest delete(List<IndexWrite> writes) {
        Keys.Builder keys = Keys.newBuilder();
        writes.forEach(write -> keys.addKeys(Documents.write(write.key())));
        return DeleteRequest.newBuilder()
                .setCollection(collection)
                .setKeyed(keys)
                .build();
    }
}
