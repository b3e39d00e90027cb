package io.crossfade.proxy.front.crossfade;

import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.Collection.ScanCall;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.Slice;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.front.calls.ShapeProblems;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.proxy.wire.Filters;
import io.crossfade.proxy.wire.ShapeException;
import io.crossfade.proxy.wire.Values;
import io.crossfade.proxy.wire.Vectors;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.FilteredDelete;
import io.crossfade.v1.FilteredPatch;
import io.crossfade.v1.Include;
import io.crossfade.v1.KeyedPatches;
import io.crossfade.v1.Keys;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.QueryBatchRequest;
import io.crossfade.v1.QueryRequest;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.UpdateVectorsRequest;
import io.crossfade.v1.UpsertRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests as the core knows them. Checks the shape only and lists all that is malformed; limits, spaces and
 * capabilities are the collection's to check. Only for a malformed request they are looked at here, so that the refusal
 * lists all that is wrong.
 */
final class RequestReader {
    private static final int DEFAULT_PAGE_SIZE = 500;
    private static final Include METADATA =
            Include.newBuilder().setMetadata(true).build();
    private static final Include TEXT_AND_METADATA =
            Include.newBuilder().setText(true).setMetadata(true).build();
    private static final Filter NO_FILTER = new Filter.And(List.of());

    private RequestReader() {}

    static List<WriteOp> upserts(UpsertRequest request, Supplier<Description> described) {
        ShapeProblems problems = new ShapeProblems("");
        List<WriteOp> writes = problems.each(
                "documents",
                request.getDocumentsList(),
                message -> new WriteOp.Upsert(Documents.read(message)),
                (message, told) -> new SoundParts(told).of(message));
        problems.throwIfAny(() -> Validation.checkWrites(writes, request.getWriteId(), described.get()));
        return writes;
    }

    static List<WriteOp> patches(KeyedPatches request, String writeId, Supplier<Description> described) {
        ShapeProblems problems = new ShapeProblems("");
        List<WriteOp> writes = problems.each(
                "patches",
                request.getPatchesList(),
                message -> new WriteOp.UpdateMetadata(
                        Documents.read(message.getKey()),
                        Documents.read(message.getPatch()),
                        Vectors.read(message.getVectorsList()),
                        message.hasStamp() ? Documents.readStamp(message.getStamp()) : null),
                (message, told) -> new SoundParts(told).of(message));
        problems.throwIfAny(() -> Validation.checkWrites(writes, writeId, described.get()));
        return writes;
    }

    static List<WriteOp> vectorUpdates(UpdateVectorsRequest request, Supplier<Description> described) {
        ShapeProblems problems = new ShapeProblems("");
        List<WriteOp> writes = problems.each(
                "updates",
                request.getUpdatesList(),
                message -> new WriteOp.UpdateVectors(
                        Documents.read(message.getKey()),
                        Vectors.read(message.getVectorsList()),
                        message.getMadeOf(),
                        message.hasStamp() ? Documents.readStamp(message.getStamp()) : null),
                (message, told) -> new SoundParts(told).of(message));
        problems.throwIfAny(() -> Validation.checkWrites(writes, request.getWriteId(), described.get()));
        return writes;
    }

    static List<WriteOp> deletes(Keys request) {
        return new ShapeProblems("")
                .each("keys", request.getKeysList(), message -> new WriteOp.Delete(Documents.read(message)));
    }

    static FilteredUpdate filteredUpdate(FilteredPatch request, String writeId, Supplier<Description> described) {
        ShapeProblems problems = new ShapeProblems("");
        Matching matching = new Matching(
                request.getNamespace(),
                requiredFilter(problems, request.hasFilter(), request.getFilter()),
                request.hasExpectedCount() ? Optional.of(request.getExpectedCount()) : Optional.empty());
        MetadataPatch patch = problems.part(
                "patch", request.getPatch(), Documents::read, (message, told) -> new SoundParts(told).of(message));
        problems.throwIfAny(() -> Validation.checkMatching(matching, patch, writeId, described.get()));
        return new FilteredUpdate(matching, patch);
    }

    record FilteredUpdate(Matching matching, MetadataPatch patch) {}

    static Matching filteredDelete(FilteredDelete request, String writeId, Supplier<Description> described) {
        ShapeProblems problems = new ShapeProblems("");
        Matching matching = new Matching(
                request.getNamespace(),
                requiredFilter(problems, request.hasFilter(), request.getFilter()),
                request.hasExpectedCount() ? Optional.of(request.getExpectedCount()) : Optional.empty());
        problems.throwIfAny(() -> Validation.checkMatching(matching, null, writeId, described.get()));
        return matching;
    }

    static List<Key> keys(FetchRequest request) {
        return new ShapeProblems("").each("keys", request.getKeysList(), Documents::read);
    }

    static QueryCall query(QueryRequest request, String client, Supplier<Description> described) {
        ShapeProblems problems = new ShapeProblems("");
        QueryCall query = query(problems, request, client);
        problems.throwIfAny(() -> Validation.checkQuery(query, described.get()));
        return query;
    }

    static List<QueryCall> queries(QueryBatchRequest request, String client, Function<String, Description> described) {
        ShapeProblems problems = new ShapeProblems("");
        if (request.getQueriesCount() == 0) {
            problems.malformed("queries", "none (expected: at least 1)");
            problems.throwIfAny();
        }
        String collection = request.getQueries(0).getCollection();
        for (int i = 1; i < request.getQueriesCount(); i++) {
            String other = request.getQueries(i).getCollection();
            if (!other.equals(collection)) {
                problems.malformed(
                        "queries[" + i + "].collection", other + " (expected: " + collection + ", as in queries[0])");
            }
        }
        problems.throwIfAny();
        QueryCall[] all = new QueryCall[request.getQueriesCount()];
        for (int i = 0; i < all.length; i++) {
            ShapeProblems part = new ShapeProblems("queries[" + i + "].");
            all[i] = query(part, request.getQueries(i), client);
            problems.addAll(part);
        }
        List<QueryCall> queries = List.of(all);
        problems.throwIfAny(() -> Validation.checkQueries(queries, described.apply(collection)));
        return queries;
    }

    private static QueryCall query(ShapeProblems problems, QueryRequest request, String client) {
        return new QueryCall(
                request.getNamespace(),
                problems.each("vectors", request.getVectorsList(), Vectors::read, RequestReader::inPlaceOf),
                request.getText(),
                request.getId(),
                request.getField(),
                request.getTopK(),
                request.getOffset(),
                filter(problems, request.hasFilter(), request.getFilter()),
                request.getMinScoreMap(),
                projection(include(request)),
                problems.part("params", Map.of(), () -> Values.read(request.getParamsMap())),
                client);
    }

    private static NamedVector inPlaceOf(NamedVector message, Consumer<ShapeException> told) {
        try {
            Vectors.read(message);
            return message;
        } catch (ShapeException e) {
            told.accept(e);
            return SoundParts.of(message);
        }
    }

    static ScanCall scan(ScanRequest request, Supplier<Description> described) {
        ShapeProblems problems = new ShapeProblems("");
        ScanCall scan = new ScanCall(
                request.getCursor(),
                slice(problems, request),
                filter(problems, request.hasFilter(), request.getFilter()),
                projection(include(request)),
                request.getMissingSpace(),
                request.getPageSize() == 0 ? DEFAULT_PAGE_SIZE : request.getPageSize());
        problems.throwIfAny(() -> Validation.checkScan(scan, described.get()));
        return scan;
    }

    private static Slice slice(ShapeProblems problems, ScanRequest request) {
        if (!request.hasSlice()) {
            return Slice.ALL;
        }
        int index = request.getSlice().getIndex();
        int count = request.getSlice().getCount();
        if (count < 1 || index < 0 || index >= count) {
            problems.malformed(
                    "slice",
                    Integer.toUnsignedString(index) + " of " + Integer.toUnsignedString(count)
                            + " (expected: index < count, count > 0)");
            return Slice.ALL;
        }
        return new Slice(index, count);
    }

    /** The parts of a document that come when a query does not say. */
    static Include include(QueryRequest request) {
        return request.hasInclude() ? request.getInclude() : METADATA;
    }

    static Include include(FetchRequest request) {
        return request.hasInclude() ? request.getInclude() : TEXT_AND_METADATA;
    }

    static Include include(ScanRequest request) {
        return request.hasInclude() ? request.getInclude() : TEXT_AND_METADATA;
    }

    static Projection projection(Include include) {
        return new Projection(include.getText(), include.getMetadata(), include.getVectors(), include.getDigest());
    }

    static @Nullable Filter filter(boolean given, io.crossfade.v1.Filter message) {
        ShapeProblems problems = new ShapeProblems("");
        Filter filter = filter(problems, given, message);
        problems.throwIfAny();
        return filter;
    }

    private static @Nullable Filter filter(ShapeProblems problems, boolean given, io.crossfade.v1.Filter message) {
        return given ? problems.part("filter", NO_FILTER, () -> Filters.read(message)) : null;
    }

    private static Filter requiredFilter(ShapeProblems problems, boolean given, io.crossfade.v1.Filter message) {
        if (!given) {
            problems.malformed("filter", "none (expected: one that can exclude documents)");
            return NO_FILTER;
        }
        return problems.part("filter", NO_FILTER, () -> Filters.read(message));
    }
}
