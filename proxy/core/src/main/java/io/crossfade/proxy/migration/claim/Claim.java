package io.crossfade.proxy.migration.claim;

import java.util.Map;
import java.util.Optional;

/**
 * A note on an index: a control store's collection takes it, or has moved away from it. Written as {@code owner collection
 * moved}, of which the last word is there only then.
 *
 * @param moved a collection has left the index: whoever still writes there writes for nobody
 */
record Claim(Owner owner, String collection, boolean moved) {
    static final String NAME = "crossfade.claim";

    private static final String MOVED = "moved";

    /** What is not understood was written by somebody else. */
    static Optional<Claim> of(Map<String, String> attributes) {
        return Optional.ofNullable(attributes.get(NAME)).map(text -> {
            String[] parts = text.split(" ", -1);
            return new Claim(
                    new Owner(parts[0]), parts.length > 1 ? parts[1] : "", parts.length > 2 && parts[2].equals(MOVED));
        });
    }

    String text() {
        return owner.id() + " " + collection + (moved ? " " + MOVED : "");
    }

    @Override
    public String toString() {
        return "collection " + collection + " of control store " + owner.id();
    }
}
