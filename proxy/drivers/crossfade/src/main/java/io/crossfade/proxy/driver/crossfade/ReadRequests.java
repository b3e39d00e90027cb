package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.proxy.wire.Filters;
import io.crossfade.proxy.wire.Values;
import io.crossfade.proxy.wire.Vectors;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.Include;
import io.crossfade.v1.QueryRequest;
import io.crossfade.v1.ScanRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes reads as the calls that carry them. */
final class ReadRequests {
    private ReadRequests() {}

    static FetchRequest fetch(String collection, List<Key> keys, Projection wanted) {
        return FetchRequest.newBuilder()
                .setCollection(collection)
                .addAllKeys(keys.stream().map(Documents::write).toList())
                .setInclude(include(wanted))
                .build();
    }

    /**
     * @param space name of the field's space, there
     */
    static QueryRequest query(String collection, VectorQuery query, String space) {
        QueryRequest.Builder request = QueryRequest.newBuilder()
                .setCollection(collection)
                .setNamespace(query.namespace())
                .setField(query.field())
                .addVectors(Vectors.write(query.field(), space, query.vector()))
                .setTopK(query.topK())
                .setOffset(query.offset())
                .setInclude(include(query.wanted()));
        if (query.filter() != null) {
            request.setFilter(Filters.write(query.filter()));
        }
        if (query.minScore() != Double.NEGATIVE_INFINITY) {
            request.putMinScore(space, query.minScore());
        }
        query.params().forEach((name, value) -> request.putParams(name, Values.write(value)));
        return request.build();
    }

    static ScanRequest scan(String collection, ScanQuery scan) {
        ScanRequest.Builder request = ScanRequest.newBuilder()
                .setCollection(collection)
                .setCursor(scan.cursor())
                .setInclude(include(scan.wanted()))
                .setPageSize(scan.limit())
                .setOnePage(true);
        if (scan.filter() != null) {
            request.setFilter(Filters.write(scan.filter()));
        }
        return request.build();
    }

    static CountRequest count(String collection, @Nullable Filter filter) {
        CountRequest.Builder request = CountRequest.newBuilder().setCollection(collection);
        if (filter != null) {
            request.setFilter(Filters.write(filter));
        }
        return request.build();
    }

    private static Include include(Projection wanted) {
        return Include.newBuilder()
                .setText(wanted.text())
                .setMetadata(wanted.metadata())
                .setVectors(wanted.vectors())
                .setStamp(true)
                .setDigest(wanted.digest())
                .build();
    }
}
