package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.grpc.Deadline;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.CollectionOperationResponse;
import io.qdrant.client.grpc.Collections.GetCollectionInfoRequest;
import io.qdrant.client.grpc.Collections.GetCollectionInfoResponse;
import io.qdrant.client.grpc.Collections.KeywordIndexParams;
import io.qdrant.client.grpc.Collections.ListCollectionsRequest;
import io.qdrant.client.grpc.Collections.PayloadIndexParams;
import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.Collections.UpdateCollection;
import io.qdrant.client.grpc.CollectionsGrpc;
import io.qdrant.client.grpc.Points.CreateFieldIndexCollection;
import io.qdrant.client.grpc.Points.FieldType;
import io.qdrant.client.grpc.PointsGrpc;
import io.qdrant.client.grpc.QdrantGrpc;
import io.qdrant.client.grpc.QdrantOuterClass.HealthCheckRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A collection as a whole: its making, its settings, and the notes that lie in its metadata, which are no documents and are
 * neither scanned nor counted nor found.
 */
final class CollectionSettings {
    private static final String NOTE = "_cf_";
    /** The first that keeps metadata of a collection; an older one takes them and forgets them. */
    private static final int LEAST_MINOR = 16;

    private static final Pattern VERSION = Pattern.compile("(?<major>\\d+)\\.(?<minor>\\d+)\\..*");

    private final Server server;
    private final Scheme scheme;
    private final Map<String, FieldType> indexes;

    /**
     * @param indexes payload indexes to be made, beside our own
     */
    CollectionSettings(Server server, Scheme scheme, Map<String, QdrantIndexSettings.IndexType> indexes) {
        this.server = server;
        this.scheme = scheme;
        this.indexes = new TreeMap<>(Map.of(
                PayloadKeys.NAMESPACE, FieldType.FieldTypeKeyword,
                PayloadKeys.ID, FieldType.FieldTypeKeyword));
        indexes.forEach((key, type) -> this.indexes.put(JsonPath.parse(key).toString(), type(type)));
    }

    private static FieldType type(QdrantIndexSettings.IndexType type) {
        return switch (type) {
            case KEYWORD -> FieldType.FieldTypeKeyword;
            case INTEGER -> FieldType.FieldTypeInteger;
            case FLOAT -> FieldType.FieldTypeFloat;
            case BOOL -> FieldType.FieldTypeBool;
            case DATETIME -> FieldType.FieldTypeDatetime;
            case UUID -> FieldType.FieldTypeUuid;
            case TEXT -> FieldType.FieldTypeText;
            case GEO -> FieldType.FieldTypeGeo;
        };
    }

    CompletableFuture<Void> checkServer(Deadline deadline) {
        return server.call(QdrantGrpc.getHealthCheckMethod(), HealthCheckRequest.getDefaultInstance(), deadline)
                .thenAccept(reply -> checkVersion(reply.getVersion()));
    }

    static void checkVersion(String version) {
        Matcher matcher = VERSION.matcher(version);
        boolean isNewEnough = matcher.matches()
                && (Integer.parseInt(matcher.group("major")) > 1
                        || (Integer.parseInt(matcher.group("major")) == 1
                                && Integer.parseInt(matcher.group("minor")) >= LEAST_MINOR));
        if (!isNewEnough) {
            throw new IndexException(
                    IndexException.Kind.MISMATCH,
                    "server: version " + version + " (expected: 1." + LEAST_MINOR + " or newer)");
        }
    }

    /** The collection as it is; fails with MISSING if there is none. */
    CompletableFuture<CollectionInfo> read(Deadline deadline) {
        GetCollectionInfoRequest request = GetCollectionInfoRequest.newBuilder()
                .setCollectionName(scheme.collection())
                .build();
        return server.call(CollectionsGrpc.getGetMethod(), request, deadline)
                .thenApply(GetCollectionInfoResponse::getResult)
                .exceptionallyCompose(failed -> CompletableFuture.failedFuture(isMissing(failed) ? missing() : failed));
    }

    /** An alias can be switched to another collection at any time, and the index would be another one. */
    CompletableFuture<Void> checkName(Deadline deadline) {
        return server.call(CollectionsGrpc.getListMethod(), ListCollectionsRequest.getDefaultInstance(), deadline)
                .thenAccept(response -> {
                    if (response.getCollectionsList().stream()
                            .noneMatch(each -> each.getName().equals(scheme.collection()))) {
                        throw new IndexException(
                                IndexException.Kind.MISMATCH,
                                "collection " + scheme.collection() + ": an alias (expected: a collection's own name)");
                    }
                });
    }

    private static boolean isMissing(Throwable failed) {
        return Cause.of(failed) instanceof RpcFailure failure && failure.isMissing();
    }

    private IndexException missing() {
        return new IndexException(
                IndexException.Kind.MISSING,
                "collection " + scheme.collection() + ": missing (expected: one that was made)");
    }

    /** The indexes that are configured, and those of other keys that are asked for. */
    CompletableFuture<Void> create(List<FilterKey> keys, Deadline deadline) {
        return Branches.compose(
                        read(deadline),
                        (info, failed) ->
                                failed == null ? CompletableFuture.completedFuture(info) : make(failed, deadline))
                .thenCompose(info -> {
                    scheme.check(info);
                    Map<String, FieldType> missing = new TreeMap<>(indexes);
                    keys.forEach(
                            key -> missing.putIfAbsent(JsonPath.parse(key.key()).toString(), type(key.kind())));
                    missing.keySet().removeAll(info.getPayloadSchemaMap().keySet());
                    return CompletableFuture.allOf(missing.entrySet().stream()
                            .map(index -> createIndex(index.getKey(), index.getValue(), deadline))
                            .toArray(CompletableFuture[]::new));
                });
    }

    private static FieldType type(FilterKey.Kind kind) {
        return switch (kind) {
            case TEXT -> FieldType.FieldTypeKeyword;
            case INTEGER -> FieldType.FieldTypeInteger;
            case NUMBER -> FieldType.FieldTypeFloat;
            case BOOL -> FieldType.FieldTypeBool;
        };
    }

    /** The keys of metadata that have an index which answers equality. */
    static List<FilterKey> filterKeys(CollectionInfo info) {
        List<FilterKey> keys = new ArrayList<>();
        new TreeMap<>(info.getPayloadSchemaMap())
                .forEach((key, schema) -> kind(schema.getDataType())
                        .filter(kind -> !PayloadKeys.isReserved(key))
                        .ifPresent(kind -> keys.add(new FilterKey(key, kind))));
        return keys;
    }

    private static Optional<FilterKey.Kind> kind(PayloadSchemaType type) {
        return switch (type) {
            case Keyword, Uuid -> Optional.of(FilterKey.Kind.TEXT);
            case Integer -> Optional.of(FilterKey.Kind.INTEGER);
            case Float -> Optional.of(FilterKey.Kind.NUMBER);
            case Bool -> Optional.of(FilterKey.Kind.BOOL);
            default -> Optional.empty();
        };
    }

    private CompletableFuture<CollectionInfo> make(Throwable unread, Deadline deadline) {
        boolean isMissing =
                Cause.of(unread) instanceof IndexException index && index.kind() == IndexException.Kind.MISSING;
        return isMissing
                ? server.call(CollectionsGrpc.getCreateMethod(), scheme.creation(), deadline)
                        .exceptionallyCompose(CollectionSettings::unlessExisting)
                        .thenCompose(created -> read(deadline))
                : CompletableFuture.failedFuture(unread);
    }

    /** Another may have made it meanwhile. */
    private static CompletableFuture<CollectionOperationResponse> unlessExisting(Throwable failed) {
        return Cause.of(failed) instanceof RpcFailure failure && failure.isExisting()
                ? CompletableFuture.completedFuture(CollectionOperationResponse.getDefaultInstance())
                : CompletableFuture.failedFuture(failed);
    }

    private CompletableFuture<?> createIndex(String key, FieldType type, Deadline deadline) {
        CreateFieldIndexCollection.Builder request = CreateFieldIndexCollection.newBuilder()
                .setCollectionName(scheme.collection())
                .setWait(true)
                .setFieldName(key)
                .setFieldType(type)
                .setTimeout(Reader.seconds(deadline));
        if (key.equals(PayloadKeys.NAMESPACE)) {
            request.setFieldIndexParams(PayloadIndexParams.newBuilder()
                    .setKeywordIndexParams(KeywordIndexParams.newBuilder().setIsTenant(true)));
        }
        return server.call(PointsGrpc.getCreateFieldIndexMethod(), request.build(), deadline);
    }

    static Map<String, String> attributes(CollectionInfo info) {
        Map<String, String> attributes = new HashMap<>();
        info.getConfig().getMetadataMap().forEach((key, value) -> {
            if (key.startsWith(NOTE) && value.hasStringValue()) {
                attributes.put(key.substring(NOTE.length()), value.getStringValue());
            }
        });
        return attributes;
    }

    /** Sets a note, which merges with the others, and reads it again: a server that does not know of notes says nothing. */
    CompletableFuture<Void> setAttribute(String name, String value, Deadline deadline) {
        UpdateCollection request = UpdateCollection.newBuilder()
                .setCollectionName(scheme.collection())
                .setTimeout(Reader.seconds(deadline))
                .putMetadata(NOTE + name, value.isEmpty() ? Values.NULL : Values.of(value))
                .build();
        return server.call(CollectionsGrpc.getUpdateMethod(), request, deadline)
                .thenCompose(updated -> read(deadline))
                .thenAccept(info -> {
                    if (!value.isEmpty() && !attributes(info).containsKey(name)) {
                        throw new IndexException(
                                IndexException.Kind.INTERNAL,
                                "metadata of collection " + scheme.collection() + ": " + name
                                        + " is not kept (expected: kept)");
                    }
                });
    }
}
