package io.crossfade.client;

import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.Slice;

/** Which documents to go through. Immutable: each method returns a new one. */
public final class Scan {
    private final ScanRequest proto;

    private Scan(ScanRequest.Builder proto) {
        this.proto = proto.build();
    }

    /** All documents, with text and metadata. */
    public static Scan all() {
        return new Scan(ScanRequest.newBuilder().setInclude(Part.include(Part.TEXT, Part.METADATA)));
    }

    ScanRequest toProto(String collection) {
        return proto.toBuilder().setCollection(collection).build();
    }

    public Scan where(Filter filter) {
        return new Scan(proto.toBuilder().setFilter(filter.toProto()));
    }

    /** Only documents without an up-to-date vector of this space in the migration index. */
    public Scan missingSpace(String space) {
        return new Scan(proto.toBuilder().setMissingSpace(space));
    }

    /** What documents carry. */
    public Scan include(Part... parts) {
        return new Scan(proto.toBuilder().setInclude(Part.include(parts)));
    }

    /** One of {@code count} disjoint parts that make up the whole, to scan by several workers. */
    public Scan slice(int index, int count) {
        return new Scan(
                proto.toBuilder().setSlice(Slice.newBuilder().setIndex(index).setCount(count)));
    }

    /** Documents on a page; 500 unless set. A page also ends near 1 MiB. */
    public Scan pageSize(int documents) {
        return new Scan(proto.toBuilder().setPageSize(documents));
    }

    /** Goes on after {@link DocumentScan#cursor}. */
    public Scan from(String cursor) {
        return new Scan(proto.toBuilder().setCursor(cursor));
    }
}
