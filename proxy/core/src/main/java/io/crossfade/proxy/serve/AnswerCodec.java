package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Follower;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.collection.WriteReply.Result;
import io.crossfade.proxy.model.Key;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call was told, as bytes. Results that say the same, with versions that are equal or follow each other, are one
 * run, so a batch of which all was applied takes as much as one document. Keys are written only where the call does not
 * name them; what is wrong with a document is cut off after 1,000 characters.
 */
final class AnswerCodec {
    private static final Leader[] LEADERS = Leader.values();
    private static final Follower[] FOLLOWERS = Follower.values();
    private static final int MOST_CHARS = 1_000;

    /** Beside the kind: some of it was not done, and is done by a repeat. */
    private static final int UNFINISHED = 1 << 6;

    private static final int FOLLOWER_BITS = 3;
    private static final int RE_EMBEDDED = 1 << 5;
    private static final int STEPS = 1 << 6;
    private static final int HAS_ERROR = 1 << 7;

    private AnswerCodec() {}

    /** What a remembered answer is. */
    enum Kind {
        /** Results of the keys of the call. */
        RESULTS,
        /** Results with keys of their own. */
        RESULTS_WITH_KEYS,
        /** Nobody knows what was done. */
        UNKNOWN,
        /** The call was answered, and its answer is too long to be kept. */
        TOO_LONG
    }

    static byte[] results(WriteReply reply, boolean withKeys) {
        boolean isUnfinished = reply.results().stream().anyMatch(result -> result.leader() == Leader.FAILED);
        Kind kind = withKeys ? Kind.RESULTS_WITH_KEYS : Kind.RESULTS;
        Out out = new Out(kind.ordinal() | (isUnfinished ? UNFINISHED : 0));
        out.number(reply.epoch());
        out.number(reply.results().size());
        for (int from = 0; from < reply.results().size(); ) {
            int to = endOfRun(reply.results(), from);
            out.run(reply.results().subList(from, to));
            from = to;
        }
        if (withKeys) {
            reply.results().forEach(result -> out.key(result.key()));
        }
        return out.toByteArray();
    }

    static byte[] unknown(String why) {
        Out out = new Out(Kind.UNKNOWN.ordinal());
        out.text(cut(why));
        return out.toByteArray();
    }

    static byte[] tooLong() {
        return new Out(Kind.TOO_LONG.ordinal()).toByteArray();
    }

    private static int endOfRun(List<Result> results, int from) {
        int to = from + 1;
        long step = to < results.size() ? step(results, to) : 0;
        while (to < results.size() && step(results, to) == step && step >= 0 && step <= 1 && isAlike(results, to)) {
            to++;
        }
        return to;
    }

    private static long step(List<Result> results, int to) {
        return results.get(to).version() - results.get(to - 1).version();
    }

    private static boolean isAlike(List<Result> results, int to) {
        Result one = results.get(to - 1);
        Result next = results.get(to);
        return one.leader() == next.leader()
                && one.follower() == next.follower()
                && one.reEmbedded() == next.reEmbedded()
                && one.error().equals(next.error());
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + "…";
    }

    /** An answer on its way to bytes. Numbers take seven bits a byte, the lowest first; versions take eight bytes. */
    private static final class Out extends ByteArrayOutputStream {
        private static final int USUAL = 24;

        Out(int begin) {
            super(USUAL);
            write(begin);
        }

        void number(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            write((int) rest);
        }

        void text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            number(bytes.length);
            writeBytes(bytes);
        }

        void key(Key key) {
            text(key.namespace());
            text(key.id());
        }

        void run(List<Result> alike) {
            Result first = alike.get(0);
            boolean steps = alike.size() > 1 && alike.get(1).version() != first.version();
            String error = cut(first.error());
            number(alike.size());
            write(first.leader().ordinal()
                    | first.follower().ordinal() << FOLLOWER_BITS
                    | (first.reEmbedded() ? RE_EMBEDDED : 0)
                    | (steps ? STEPS : 0)
                    | (error.isEmpty() ? 0 : HAS_ERROR));
            writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(first.version()).array());
            if (!error.isEmpty()) {
                text(error);
            }
        }
    }

    static Kind kind(byte[] said) {
        return Kind.values()[said[0] & ~UNFINISHED];
    }

    /** Whether some of it was not done. */
    static boolean isUnfinished(byte[] said) {
        return (said[0] & UNFINISHED) != 0;
    }

    /** Why nobody knows what was done. */
    static String why(byte[] said) {
        return new In(said).text();
    }

    /**
     * @param keys of the call; null if the answer has its own
     */
    static WriteReply reply(byte[] said, @Nullable List<Key> keys) {
        In in = new In(said);
        long epoch = in.number();
        Result[] results = new Result[(int) in.number()];
        for (int from = 0; from < results.length; ) {
            from = in.run(results, from);
        }
        for (int i = 0; i < results.length; i++) {
            results[i] = withKey(results[i], keys == null ? in.key() : keys.get(i));
        }
        return new WriteReply(Arrays.asList(results), epoch);
    }

    private static Result withKey(Result result, Key key) {
        return new Result(
                key, result.version(), result.leader(), result.follower(), result.error(), result.reEmbedded());
    }

    /** An answer that is read from bytes, after its kind. */
    private static final class In {
        private static final Key NO_KEY = Key.of("");

        private final ByteBuffer bytes;

        In(byte[] said) {
            bytes = ByteBuffer.wrap(said, 1, said.length - 1);
        }

        long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte part = bytes.get();
                value |= (part & 0x7fL) << shift;
                if (part >= 0) {
                    return value;
                }
            }
        }

        String text() {
            byte[] text = new byte[(int) number()];
            bytes.get(text);
            return new String(text, StandardCharsets.UTF_8);
        }

        Key key() {
            return new Key(text(), text());
        }

        /** Reads a run; returns where the next one begins. */
        int run(Result[] results, int from) {
            int to = from + (int) number();
            int flags = bytes.get();
            long version = bytes.getLong();
            String error = (flags & HAS_ERROR) != 0 ? text() : "";
            for (int i = from; i < to; i++) {
                results[i] = new Result(
                        NO_KEY,
                        (flags & STEPS) != 0 ? version + i - from : version,
                        LEADERS[flags & (1 << FOLLOWER_BITS) - 1],
                        FOLLOWERS[flags >> FOLLOWER_BITS & 3],
                        error,
                        (flags & RE_EMBEDDED) != 0);
            }
            return to;
        }
    }
}
