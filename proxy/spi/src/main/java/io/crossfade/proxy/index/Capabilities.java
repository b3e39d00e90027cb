package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Filter;
import java.time.Duration;
import java.util.Set;

/**
 * What a driver can do and promises. Where and how long is known from the start; what the engine can do may be known only
 * once the index has been open, and may change when the engine does, so nobody keeps it for longer than a call.
 *
 * @param known whether the engine has said what it can do; as long as it has not, the operators and the batch are nobody's
 *     word
 * @param filterOperators comparisons that it answers exactly; others are refused before they reach it
 * @param filters which filters made of these operators it answers exactly; the driver refuses the others as INVALID
 * @param params settings of a search that it takes; the driver refuses the others as INVALID
 * @param maxBatch most writes or keys in one call
 * @param stored what it gives back of vectors
 * @param unknownSettle how long after {@code Unknown} was answered the request may still take effect
 * @param embedded lives inside this process: only one sidecar can use it
 */
public record Capabilities(
        boolean known,
        Set<Filter.Operator> filterOperators,
        FilterSupport filters,
        ParamSupport params,
        int maxBatch,
        Stored stored,
        Duration unknownSettle,
        boolean embedded) {
    public Capabilities {
        filterOperators = Set.copyOf(filterOperators);
    }

    /** Those of an engine that answers every filter made of its operators, and keeps vectors as they are. */
    public Capabilities(
            Set<Filter.Operator> filterOperators,
            ParamSupport params,
            int maxBatch,
            Duration unknownSettle,
            boolean embedded) {
        this(true, filterOperators, FilterSupport.EVERY, params, maxBatch, Stored.EXACT, unknownSettle, embedded);
    }

    /** Those of an engine elsewhere that has not been reached yet. */
    public static Capabilities notKnown(Duration unknownSettle) {
        return new Capabilities(
                false, Set.of(), FilterSupport.EVERY, ParamSupport.UNKNOWN, 1, Stored.EXACT, unknownSettle, false);
    }

    /** The same of an index whose lost writes settle otherwise, or that lies elsewhere. */
    public Capabilities with(Duration otherSettle, boolean isEmbedded) {
        return new Capabilities(known, filterOperators, filters, params, maxBatch, stored, otherSettle, isEmbedded);
    }
}
