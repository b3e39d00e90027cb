package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;
import org.jspecify.annotations.Nullable;

/**
 * A document as bytes: format (2), ordinal, version, provenance, digests of vectors as they were written, digests of those
 * that stand, then whether there is a text, the text and the metadata. Text and metadata come last, so that a reader of
 * stamps can stop before them.
 */
final class DocumentCodec {
    private static final byte FORMAT = 2;

    private DocumentCodec() {}

    static byte[] encode(StoredContent document) {
        ByteBuffersDataOutput out = new ByteBuffersDataOutput();
        try {
            out.writeByte(FORMAT);
            out.writeVLong(document.ordinal());
            out.writeLong(document.stamp().version());
            out.writeMapOfStrings(document.stamp().provenance());
            writeDigests(out, document.stamp().written());
            writeDigests(out, document.vectors());
            out.writeByte((byte) (document.text() == null ? 0 : 1));
            if (document.text() != null) {
                out.writeString(document.text());
            }
            ValueCodec.writeFields(out, document.metadata());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toArrayCopy();
    }

    static StoredContent decode(byte[] bytes) {
        return decode(bytes, true);
    }

    /** Decodes a document without its text and metadata. */
    static StoredContent decodeStamp(byte[] bytes) {
        return decode(bytes, false);
    }

    private static StoredContent decode(byte[] bytes, boolean content) {
        DataInput in = new ByteArrayDataInput(bytes);
        try {
            requireFormat(in.readByte());
            long ordinal = in.readVLong();
            Stamp stamp = new Stamp(in.readLong(), in.readMapOfStrings(), readDigests(in));
            Map<String, Long> vectors = readDigests(in);
            String text = content ? readText(in) : null;
            Map<String, Value> metadata = content ? ValueCodec.readFields(in) : Map.of();
            return new StoredContent(ordinal, stamp, vectors, text, metadata);
        } catch (IOException | RuntimeException e) {
            throw new IndexException(
                    IndexException.Kind.INTERNAL, "document: " + bytes.length + " unreadable bytes: " + e, e);
        }
    }

    private static void requireFormat(byte format) {
        if (format != FORMAT) {
            throw new IllegalStateException("format: " + format + " (expected: " + FORMAT + ")");
        }
    }

    private static @Nullable String readText(DataInput in) throws IOException {
        return in.readByte() == 0 ? null : in.readString();
    }

    private static void writeDigests(DataOutput out, Map<String, Long> digests) throws IOException {
        out.writeVInt(digests.size());
        for (Map.Entry<String, Long> each : digests.entrySet()) {
            out.writeString(each.getKey());
            out.writeLong(each.getValue());
        }
    }

    private static Map<String, Long> readDigests(DataInput in) throws IOException {
        Map<String, Long> digests = new HashMap<>();
        for (int left = in.readVInt(); left > 0; left--) {
            digests.put(in.readString(), in.readLong());
        }
        return digests;
    }
}
