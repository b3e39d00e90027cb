package io.crossfade.proxy.collection;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that stands in the way of a step.
 *
 * @param name stable, such as {@code BACKFILL_INCOMPLETE}
 * @param detail what it is now and what it must be
 * @param member whose; "" for the whole fleet
 */
public record Blocker(String name, String detail, String member) {
    public static Blocker of(String name, String detail) {
        return new Blocker(name, detail, "");
    }

    static String summary(List<Blocker> blockers) {
        return blockers.stream()
                .map(blocker -> blocker.name() + ": " + blocker.detail())
                .collect(Collectors.joining("; "));
    }
}
