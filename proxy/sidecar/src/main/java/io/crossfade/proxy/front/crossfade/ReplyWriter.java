package io.crossfade.proxy.front.crossfade;

import io.crossfade.proxy.collection.Collection.CountReply;
import io.crossfade.proxy.collection.Collection.ScanReply;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.FetchReply;
import io.crossfade.proxy.collection.QueryReply;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.front.api.EnumWriter;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.proxy.wire.Documents.StampParts;
import io.crossfade.proxy.wire.Operators;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.FetchResponse;
import io.crossfade.v1.Include;
import io.crossfade.v1.Limits;
import io.crossfade.v1.QueryResponse;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.SpaceUse;
import io.crossfade.v1.WriteResponse;
import io.crossfade.v1.WriteResult;
import java.util.Map;

/** Writes replies as messages. */
final class ReplyWriter {
    private ReplyWriter() {}

    static WriteResponse write(WriteReply reply) {
        WriteResponse.Builder message = WriteResponse.newBuilder().setEpoch(reply.epoch());
        for (WriteReply.Result result : reply.results()) {
            message.addResults(WriteResult.newBuilder()
                    .setKey(Documents.write(result.key()))
                    .setVersion(result.version())
                    .setLeader(EnumWriter.write(result.leader()))
                    .setFollower(EnumWriter.write(result.follower()))
                    .setError(result.error())
                    .setReEmbedded(result.reEmbedded()));
        }
        return message.build();
    }

    static FetchResponse write(FetchReply reply, Include include) {
        FetchResponse.Builder message = FetchResponse.newBuilder().setEpoch(reply.epoch());
        for (StoredDocument document : reply.documents()) {
            message.addDocuments(Documents.write(document, reply.spaces(), stampParts(include)));
        }
        return message.build();
    }

    static QueryResponse write(QueryReply reply, Include include) {
        QueryResponse.Builder message = QueryResponse.newBuilder()
                .setIndex(reply.index())
                .setSpace(reply.space())
                .setEpoch(reply.epoch());
        for (Hit hit : reply.hits()) {
            message.addHits(io.crossfade.v1.Hit.newBuilder()
                    .setDocument(Documents.write(hit.document(), reply.spaces(), stampParts(include)))
                    .setScore(hit.score()));
        }
        return message.build();
    }

    static ScanResponse write(ScanReply reply, Include include) {
        ScanResponse.Builder message =
                ScanResponse.newBuilder().setCursor(reply.page().cursor()).setEpoch(reply.epoch());
        for (StoredDocument document : reply.page().documents()) {
            message.addDocuments(Documents.write(document, reply.spaces(), stampParts(include)));
        }
        return message.build();
    }

    static CountResponse write(CountReply reply) {
        return CountResponse.newBuilder()
                .setCount(reply.count())
                .setEpoch(reply.epoch())
                .build();
    }

    static DescribeCollectionResponse write(Description description, Map<String, String> attributes) {
        DescribeCollectionResponse.Builder message = DescribeCollectionResponse.newBuilder()
                .setCollection(description.collection())
                .setEpoch(description.epoch())
                .setPhase(EnumWriter.write(description.phase()))
                .setServingIndex(description.servingIndex())
                .setLimits(limits(description.limits()))
                .addAllTextFields(description.textFields())
                .putAllAttributes(attributes);
        description.spaces().forEach(use -> message.addSpaces(spaceUse(use)));
        for (Filter.Operator operator : Filter.Operator.values()) {
            if (description.filterOperators().contains(operator)) {
                message.addFilterOperators(Operators.write(operator));
            }
        }
        return message.build();
    }

    private static SpaceUse spaceUse(Description.SpaceUse use) {
        return SpaceUse.newBuilder()
                .setIndex(use.index())
                .setField(use.field())
                .setSpace(use.space().name())
                .setFingerprint(use.space().fingerprint())
                .setDimensions(use.space().dimensions())
                .setMetric(EnumWriter.write(use.space().metric()))
                .setServing(use.serving())
                .setEmbeds(use.embeds())
                .setLeading(use.leading())
                .build();
    }

    private static Limits limits(Description.Limits limits) {
        return Limits.newBuilder()
                .setBatch(limits.batch())
                .setTopK(limits.topK())
                .setTextBytes(limits.textBytes())
                .setMetadataBytes(limits.metadataBytes())
                .setIdBytes(limits.idBytes())
                .setMessageBytes(limits.messageBytes())
                .setMaxMatched(limits.maxMatched())
                .build();
    }

    private static StampParts stampParts(Include include) {
        if (include.getDigest()) {
            return StampParts.WITH_DIGEST;
        }
        return include.getStamp() ? StampParts.STAMP : StampParts.NONE;
    }
}
