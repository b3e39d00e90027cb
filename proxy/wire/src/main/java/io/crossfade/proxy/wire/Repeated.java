package io.crossfade.proxy.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads repeated and map fields; the first malformed element fails the whole, with its place in the path. */
final class Repeated {
    private Repeated() {}

    static <P, M> List<M> read(String field, List<P> messages, Function<P, M> read) {
        List<M> result = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            try {
                result.add(read.apply(messages.get(i)));
            } catch (ShapeException e) {
                throw e.under(field, i);
            }
        }
        return result;
    }

    /** The result is immutable, so that a record which copies its maps takes it as it is. */
    static <P, M> Map<String, M> read(Map<String, P> messages, Function<P, M> read) {
        if (messages.isEmpty()) {
            return Map.of();
        }
        @SuppressWarnings({"unchecked", "rawtypes"})
        Map.Entry<String, M>[] result = new Map.Entry[messages.size()];
        int next = 0;
        for (Map.Entry<String, P> message : messages.entrySet()) {
            try {
                result[next++] = Map.entry(message.getKey(), read.apply(message.getValue()));
            } catch (ShapeException e) {
                throw e.under(message.getKey());
            }
        }
        return Map.ofEntries(result);
    }
}
