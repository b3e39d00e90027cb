package io.crossfade.proxy.driver.crossfade;

import com.google.protobuf.MessageLite;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Embedding;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Puts writes of one kind into the call that carries them. */
final class WriteRequests {
    private static final Calls CALLS = new Calls();

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
    record Prepared<Q extends MessageLite>(MethodDescriptor<Q, WriteResponse> method, Q request) {
        int bytes() {
            return request.getSerializedSize();
        }

        CompletableFuture<WriteResponse> send(Channel channel, Deadline deadline) {
            return RemoteCall.send(channel, method, request, deadline);
        }
    }

    /**
     * @param writes at least one, all of one kind
     */
    Prepared<?> prepare(List<IndexWrite> writes) {
        return writes.get(0).match(CALLS).prepare(this, writes);
    }

    /** The call that carries writes of one kind. */
    private interface Call {
        Prepared<?> prepare(WriteRequests requests, List<IndexWrite> writes);
    }

    /** The call for each kind of write. */
    private static final class Calls implements IndexWrite.Cases<Call, RuntimeException> {
        @Override
        public Call put(IndexWrite.Put first) {
            return (requests, writes) -> new Prepared<>(VectorServiceGrpc.getUpsertMethod(), requests.upsert(writes));
        }

        @Override
        public Call patchMetadata(IndexWrite.PatchMetadata first) {
            return (requests, writes) ->
                    new Prepared<>(VectorServiceGrpc.getUpdateMetadataMethod(), requests.updateMetadata(writes));
        }

        @Override
        public Call patchVectors(IndexWrite.PatchVectors first) {
            return (requests, writes) ->
                    new Prepared<>(VectorServiceGrpc.getUpdateVectorsMethod(), requests.updateVectors(writes));
        }

        @Override
        public Call remove(IndexWrite.Remove first) {
            return (requests, writes) -> new Prepared<>(VectorServiceGrpc.getDeleteMethod(), requests.delete(writes));
        }

        @Override
        public Call unstamp(IndexWrite.Unstamp first) {
            throw new IllegalArgumentException("unstamp (expected: a write that the other Crossfade has a call for)");
        }
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
