package io.crossfade.client;

import io.crossfade.v1.QueryResponse;
import java.util.List;

/**
 * What a query found.
 *
 * @param hits best first
 * @param index that answered
 * @param space in which it was answered
 * @param epoch of the route
 */
public record QueryResult(List<Hit> hits, String index, String space, long epoch) {
    public QueryResult {
        hits = List.copyOf(hits);
    }

    static QueryResult of(QueryResponse proto) {
        List<Hit> hits = proto.getHitsList().stream()
                .map(hit -> new Hit(Doc.of(hit.getDocument()), hit.getScore()))
                .toList();
        return new QueryResult(hits, proto.getIndex(), proto.getSpace(), proto.getEpoch());
    }
}
