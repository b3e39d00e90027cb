package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a record. Each begins with its format; strings and vectors carry their length. */
final class RecordCodec {
    private static final int FORMAT = 3;
    private static final int LONGEST = 1 << 26;

    private RecordCodec() {}

    static byte[] encode(MarkRecord mark) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(FORMAT);
        out.writeLong(mark.sequence());
        write(out, mark.key());
        out.writeLong(mark.version());
        out.writeLong(mark.epoch());
        out.writeByte(mark.kind().ordinal());
        out.writeBoolean(mark.replacesContent());
        write(out, mark.source());
        out.writeInt(mark.kept().size());
        for (NamedVector vector : mark.kept()) {
            write(out, vector.field());
            write(out, vector.space());
            ByteBuffer floats = vector.embedding().bytes();
            byte[] copy = new byte[floats.remaining()];
            floats.get(copy);
            write(out, copy);
        }
        return bytes.toByteArray();
    }

    static MarkRecord decodeMark(byte[] bytes) throws IOException {
        DataInputStream in = open(bytes);
        long sequence = in.readLong();
        Key key = readKey(in);
        long version = in.readLong();
        long epoch = in.readLong();
        MarkRecord.Kind kind = kind(in.readByte());
        boolean replacesContent = readFlag(in);
        String source = readString(in);
        int count = length(in.readInt());
        List<NamedVector> kept = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            kept.add(new NamedVector(readString(in), readString(in), readEmbedding(in)));
        }
        end(in);
        return new MarkRecord(sequence, key, version, epoch, kind, replacesContent, source, kept);
    }

    static byte[] encode(ParkedRecord parked) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(FORMAT);
        write(out, parked.key());
        out.writeLong(parked.version());
        write(out, parked.index());
        write(out, parked.reason());
        out.writeBoolean(parked.waived());
        return bytes.toByteArray();
    }

    static ParkedRecord decodeParked(byte[] bytes) throws IOException {
        DataInputStream in = open(bytes);
        ParkedRecord parked =
                new ParkedRecord(readKey(in), in.readLong(), readString(in), readString(in), readFlag(in));
        end(in);
        return parked;
    }

    static byte[] encode(Sent sent) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(48);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(FORMAT);
        write(out, sent.index());
        out.writeLong(sent.sent());
        out.writeLong(sent.confirmed());
        return bytes.toByteArray();
    }

    static Sent decodeSent(byte[] bytes) throws IOException {
        DataInputStream in = open(bytes);
        Sent sent = new Sent(readString(in), in.readLong(), in.readLong());
        end(in);
        return sent;
    }

    static byte[] encode(Key key) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(32);
        write(new DataOutputStream(bytes), key);
        return bytes.toByteArray();
    }

    static byte[] encode(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static long decodeLong(byte[] bytes) throws IOException {
        if (bytes.length != Long.BYTES) {
            throw new IOException("journal number: " + bytes.length + " bytes (expected: " + Long.BYTES + ")");
        }
        return ByteBuffer.wrap(bytes).getLong();
    }

    private static DataInputStream open(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int format = in.readByte();
        if (format != FORMAT) {
            throw new IOException("journal record: format " + format + " (expected: " + FORMAT + ")");
        }
        return in;
    }

    private static void end(DataInputStream in) throws IOException {
        if (in.available() > 0) {
            throw new IOException("journal record: " + in.available() + " bytes too many");
        }
    }

    private static MarkRecord.Kind kind(int ordinal) throws IOException {
        MarkRecord.Kind[] kinds = MarkRecord.Kind.values();
        if (ordinal < 0 || ordinal >= kinds.length) {
            throw new IOException("journal record: kind " + ordinal + " (expected: 0 to " + (kinds.length - 1) + ")");
        }
        return kinds[ordinal];
    }

    private static int length(int length) throws IOException {
        if (length < 0 || length > LONGEST) {
            throw new IOException("journal record: length " + length + " (expected: 0 to " + LONGEST + ")");
        }
        return length;
    }

    private static void write(DataOutputStream out, Key key) throws IOException {
        write(out, key.namespace());
        write(out, key.id());
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        write(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static Key readKey(DataInputStream in) throws IOException {
        return new Key(readString(in), readString(in));
    }

    private static boolean readFlag(DataInputStream in) throws IOException {
        int flag = in.readByte();
        if (flag != 0 && flag != 1) {
            throw new IOException("journal record: flag " + flag + " (expected: 0 or 1)");
        }
        return flag == 1;
    }

    private static Embedding readEmbedding(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in);
        if (bytes.length % Float.BYTES != 0) {
            throw new IOException("journal record: vector of " + bytes.length + " bytes (expected: a multiple of "
                    + Float.BYTES + ")");
        }
        return Embedding.wrap(ByteBuffer.wrap(bytes));
    }

    /** Reads a string. What is not UTF-8 is refused, where {@code String} would put another character in its place. */
    private static String readString(DataInputStream in) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(readBytes(in)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("journal record: text that is no UTF-8", e);
        }
    }

    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = length(in.readInt());
        if (length > in.available()) {
            throw new IOException("journal record: ends " + (length - in.available()) + " bytes early");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }
}
