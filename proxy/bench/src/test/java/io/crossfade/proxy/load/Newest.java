package io.crossfade.proxy.load;

import com.google.protobuf.InvalidProtocolBufferException;
import io.crossfade.v1.Document;
import io.crossfade.v1.UpsertRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The last upserts that a {@link LoadGenerator} made, each in the place of its document's number, and unread until it is asked
 * for. Lossy: a newer one takes the place.
 */
final class Newest {
    private static final int KEPT = 1 << 14;

    private final AtomicReferenceArray<byte[]> kept = new AtomicReferenceArray<>(KEPT);

    void add(byte[] request) {
        int at = idBegins(request);
        if (at >= 0) {
            kept.set(place(request, at), request);
        }
    }

    /** It is near the beginning of what any client makes; -1 if it is not there. */
    private static int idBegins(byte[] request) {
        int last = request.length - LoadGenerator.ID_LENGTH;
        for (int at = 0; at <= last; at++) {
            if (LoadGenerator.isPrefix(request, at)) {
                return at;
            }
        }
        return -1;
    }

    /** By the last digits of the number. */
    private static int place(byte[] bytes, int at) {
        int number = 0;
        for (int i = LoadGenerator.ID_LENGTH - 9; i < LoadGenerator.ID_LENGTH; i++) {
            number = number * 10 + bytes[at + i] - '0';
        }
        return Math.floorMod(number, KEPT);
    }

    /** What was written last under an id, if nothing has taken its place. */
    Optional<Document> find(String id) {
        byte[] wanted = id.getBytes(StandardCharsets.UTF_8);
        byte[] request = wanted.length == LoadGenerator.ID_LENGTH ? kept.get(place(wanted, 0)) : null;
        return Optional.ofNullable(request)
                .map(Newest::document)
                .filter(document -> document.getId().equals(id));
    }

    private static Document document(byte[] request) {
        try {
            return UpsertRequest.parseFrom(request).getDocuments(0);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
