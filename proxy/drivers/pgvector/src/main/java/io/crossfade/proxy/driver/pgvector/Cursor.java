package io.crossfade.proxy.driver.pgvector;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.index.IndexException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** The key that a page of a scan has ended with, as text: its columns in the order of their index. */
final class Cursor {
    private Cursor() {}

    static String of(List<String> key) {
        return key.stream()
                .map(part -> Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(UTF_8)))
                .collect(Collectors.joining("."));
    }

    /** The key of a cursor. */
    static List<String> key(String cursor, Table table) {
        List<String> key = new ArrayList<>();
        try {
            for (String part : cursor.split("\\.", -1)) {
                key.add(new String(Base64.getUrlDecoder().decode(part), UTF_8));
            }
        } catch (IllegalArgumentException e) {
            throw invalid(cursor, e);
        }
        boolean isOne = key.size() == table.keys().size();
        for (int i = 0; isOne && i < key.size(); i++) {
            isOne = table.keys().get(i).canHold(key.get(i));
        }
        if (!isOne) {
            throw invalid(cursor, null);
        }
        return key;
    }

    private static IndexException invalid(String cursor, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IndexException(
                IndexException.Kind.INVALID, "cursor: " + cursor + " (expected: one that a scan returned)", cause);
    }
}
