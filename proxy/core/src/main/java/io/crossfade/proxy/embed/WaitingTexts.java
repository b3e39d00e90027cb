package io.crossfade.proxy.embed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The queue of one use; bounded in texts and in bytes, two to a character. Guarded by its owner. */
final class WaitingTexts {
    private final Embedder.Use use;
    private final int maxTexts;
    private final long maxBytes;
    private final Deque<WaitingText> texts = new ArrayDeque<>();
    private long bytes;

    WaitingTexts(Embedder.Use use, EmbedderOptions options) {
        this.use = use;
        this.maxTexts = options.queue();
        this.maxBytes = options.queueBytes();
    }

    int size() {
        return texts.size();
    }

    /** Adds all of the texts and returns null, or adds none and says why. */
    @Nullable
    String add(List<WaitingText> added) {
        long addedBytes = bytes(added);
        String queue = "queue full for " + use.name().toLowerCase(Locale.ROOT) + ": ";
        if (texts.size() + added.size() > maxTexts) {
            return queue + (texts.size() + added.size()) + " texts (expected: at most queue: " + maxTexts + ")";
        } else if (bytes + addedBytes > maxBytes) {
            return queue + (bytes + addedBytes) + " bytes (expected: at most queue_bytes: " + maxBytes + ")";
        }
        texts.addAll(added);
        bytes += addedBytes;
        return null;
    }

    /** The texts of the next request; at least one. */
    List<String> peek(int maxCount, int maxCharacters) {
        List<String> next = new ArrayList<>();
        int characters = 0;
        for (WaitingText each : texts) {
            characters += each.text().length();
            boolean fits = next.size() < maxCount && characters <= maxCharacters && !each.alone();
            if (!next.isEmpty() && !fits) {
                break;
            }
            next.add(each.text());
            if (each.alone()) {
                break;
            }
        }
        return next;
    }

    List<WaitingText> take(int count) {
        List<WaitingText> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            taken.add(texts.remove());
        }
        bytes -= bytes(taken);
        return taken;
    }

    List<WaitingText> takeAll() {
        return take(texts.size());
    }

    /**
     * Puts texts back at the front, in their order; they were in the queue before, so the bounds are not applied again.
     */
    void putBackAlone(List<WaitingText> again) {
        for (int i = again.size() - 1; i >= 0; i--) {
            texts.addFirst(again.get(i).asAlone());
        }
        bytes += bytes(again);
    }

    private static long bytes(List<WaitingText> texts) {
        return texts.stream().mapToLong(each -> 2L * each.text().length()).sum();
    }
}
