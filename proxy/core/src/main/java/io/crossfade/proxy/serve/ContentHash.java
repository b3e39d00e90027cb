package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A hash of 64 bits of all that a call asks for: of another call under a used {@code write_id} it differs. It folds
 * sixteen bytes at a time into the product of two words, as wyhash does (Wang Yi, 2019), because a SHA-256 would cost
 * more than all the rest: it finds mistakes of clients, and is no protection against those who make collisions on purpose, for themselves.
 * Maps and sets, which have no order, are summed.
 */
final class ContentHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SEED = 0x2d358dccaa6c78a5L;
    private static final long FIRST = 0x8bb84b93962eacc9L;
    private static final long SECOND = 0x4b33a62ed433d4a3L;
    private static final long ABSENT = -1;

    private long state;

    ContentHash() {
        this(SEED);
    }

    ContentHash(long seed) {
        state = seed;
    }

    /** The hash of a call with keys. */
    static long of(List<WriteOp> writes) {
        ContentHash hash = new ContentHash().add(writes.size());
        writes.forEach(hash::add);
        return hash.value();
    }

    /**
     * The hash of a call with a filter.
     *
     * @param patch null if the documents are to be removed
     */
    static long of(Matching matching, @Nullable MetadataPatch patch) {
        ContentHash hash = new ContentHash().add(ABSENT).add(matching.namespace());
        matching.filter().match(hash.new Filters());
        hash.add(matching.expectedCount().orElse(ABSENT));
        return (patch == null ? hash.add(ABSENT) : hash.add(patch)).value();
    }

    long value() {
        return fold(state ^ FIRST, SECOND);
    }

    ContentHash add(long word) {
        return add(word, 0);
    }

    private ContentHash add(long one, long other) {
        state = fold(one ^ SECOND, other ^ state ^ FIRST);
        return this;
    }

    private static long fold(long one, long other) {
        return Math.multiplyHigh(one, other) ^ one * other;
    }

    ContentHash add(@Nullable String text) {
        return text == null ? add(ABSENT) : add(text.getBytes(StandardCharsets.UTF_8));
    }

    private ContentHash add(byte[] bytes) {
        add(bytes.length);
        int i = 0;
        for (; i <= bytes.length - 2 * Long.BYTES; i += 2 * Long.BYTES) {
            add((long) LONGS.get(bytes, i), (long) LONGS.get(bytes, i + Long.BYTES));
        }
        for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
            add((long) LONGS.get(bytes, i));
        }
        long rest = 0;
        for (; i < bytes.length; i++) {
            rest = rest << Byte.SIZE | bytes[i] & 0xff;
        }
        return add(rest);
    }

    private void add(Embedding vector) {
        ByteBuffer bytes = vector.bytes();
        add(bytes.remaining());
        while (bytes.remaining() >= 2 * Long.BYTES) {
            add(bytes.getLong(), bytes.getLong());
        }
        while (bytes.hasRemaining()) {
            add(bytes.getInt());
        }
    }

    private void add(WriteOp op) {
        add(op.kind().ordinal());
        add(op.key());
        switch (op.kind()) {
            case UPSERT -> {
                WriteOp.Upsert upsert = (WriteOp.Upsert) op;
                add(upsert.document().text());
                addFields(upsert.document().metadata());
            }
            case UPDATE_METADATA -> add(((WriteOp.UpdateMetadata) op).patch());
            case UPDATE_VECTORS -> add(((WriteOp.UpdateVectors) op).madeOf());
            case DELETE -> {}
        }
        add(op.vectors().size());
        op.vectors().forEach(this::add);
        add(op.stamp());
    }

    private void add(Key key) {
        add(key.namespace());
        add(key.id());
    }

    private void add(NamedVector vector) {
        add(vector.field());
        add(vector.space());
        add(vector.embedding());
    }

    private void add(@Nullable Stamp stamp) {
        if (stamp == null) {
            add(ABSENT);
            return;
        }
        add(stamp.version());
        long sum = 0;
        for (Map.Entry<String, String> each : stamp.provenance().entrySet()) {
            sum += new ContentHash().add(each.getKey()).add(each.getValue()).value();
        }
        add(sum);
        long digests = 0;
        for (Map.Entry<String, Long> each : stamp.written().entrySet()) {
            digests += new ContentHash()
                    .add(each.getKey())
                    .add((long) each.getValue())
                    .value();
        }
        add(digests);
    }

    private ContentHash add(MetadataPatch patch) {
        addFields(patch.set());
        add(patch.remove().size());
        patch.remove().forEach(this::add);
        return add(patch.replace() ? 1 : 0);
    }

    private void addFields(Map<String, Value> fields) {
        long sum = 0;
        for (Map.Entry<String, Value> field : fields.entrySet()) {
            ContentHash hash = new ContentHash().add(field.getKey());
            hash.add(field.getValue());
            sum += hash.value();
        }
        add(fields.size());
        add(sum);
    }

    private void add(Value value) {
        add(value.kind().ordinal());
        switch (value.kind()) {
            case TEXT -> add(((Value.Text) value).value());
            case INT64 -> add(((Value.Int64) value).value());
            case FLOAT64 -> add(Double.doubleToLongBits(((Value.Float64) value).value()));
            case BOOL -> add(((Value.Bool) value).value() ? 1 : 0);
            case ITEMS -> addAll(((Value.Items) value).values());
            case FIELDS -> addFields(((Value.Fields) value).values());
            case NULL -> {}
        }
    }

    private void addAll(List<Value> values) {
        add(values.size());
        values.forEach(this::add);
    }

    /** Adds a filter, each form under a number of its own. */
    private final class Filters implements Filter.Cases<ContentHash> {
        @Override
        public ContentHash and(Filter.And and) {
            return all(1, and.filters());
        }

        @Override
        public ContentHash or(Filter.Or or) {
            return all(2, or.filters());
        }

        @Override
        public ContentHash not(Filter.Not not) {
            return all(3, List.of(not.filter()));
        }

        @Override
        public ContentHash idIn(Filter.IdIn in) {
            return add(4).add(sumOf(in.ids()));
        }

        @Override
        public ContentHash comparison(Filter.Comparison comparison) {
            add(5).add(comparison.key()).add(comparison.operator().ordinal());
            addAll(comparison.values());
            return ContentHash.this;
        }

        private ContentHash all(int form, List<Filter> filters) {
            add(form).add(filters.size());
            filters.forEach(filter -> filter.match(this));
            return ContentHash.this;
        }
    }

    private static long sumOf(Set<String> texts) {
        long sum = 0;
        for (String text : texts) {
            sum += new ContentHash().add(text).value();
        }
        return sum;
    }
}
