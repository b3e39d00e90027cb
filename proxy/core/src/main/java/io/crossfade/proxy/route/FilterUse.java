package io.crossfade.proxy.route;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers which filters applications use that the index which follows would refuse, and when: after a flip those calls would
 * fail. What was heard before the process began is forgotten. Safe for use by many threads.
 */
public final class FilterUse {
    /** The most reasons remembered; further ones are remembered as one. */
    static final int MOST_REASONS = 20;

    private static final int LONGEST = 200;

    private final Time time;
    private final Map<String, Long> refused = new ConcurrentHashMap<>();

    public FilterUse(Time time) {
        this.time = time;
    }

    /** Notes what the follower of the route would say to a filter that the leader is asked with. */
    public void heard(Route route, Filter filter) {
        if (route instanceof Route.Paired paired) {
            verdict(paired.follower(), filter).ifPresent(this::refused);
        }
    }

    /** A driver that throws has no part in the call, which the index that leads has answered. */
    private static Optional<String> verdict(Participant follower, Filter filter) {
        try {
            return refusal(follower.index().capabilities(), filter);
        } catch (RuntimeException | Error e) {
            return Optional.of("its driver fails: " + e);
        }
    }

    private static Optional<String> refusal(Capabilities able, Filter filter) {
        return able.known()
                ? filter.match(new Operators(able)).or(() -> able.filters().refusal(filter))
                : Optional.empty();
    }

    private void refused(String reason) {
        String brief = reason.substring(0, Math.min(reason.length(), LONGEST));
        boolean room = refused.size() < MOST_REASONS || refused.containsKey(brief);
        refused.put(room ? brief : "other filters", time.nanos());
    }

    /** Why filters that were used within the window would be refused, in order. */
    public List<String> refused(Duration window) {
        long now = time.nanos();
        return refused.entrySet().stream()
                .filter(each -> now - each.getValue() <= window.toNanos())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The first comparison whose operator the engine does not answer, in words. */
    private record Operators(Capabilities able) implements Filter.Cases<Optional<String>> {
        private Optional<String> first(List<Filter> filters) {
            return filters.stream()
                    .map(filter -> filter.match(this))
                    .flatMap(Optional::stream)
                    .findFirst();
        }

        @Override
        public Optional<String> and(Filter.And and) {
            return first(and.filters());
        }

        @Override
        public Optional<String> or(Filter.Or or) {
            return first(or.filters());
        }

        @Override
        public Optional<String> not(Filter.Not not) {
            return not.filter().match(this);
        }

        @Override
        public Optional<String> idIn(Filter.IdIn in) {
            return Optional.empty();
        }

        @Override
        public Optional<String> comparison(Filter.Comparison comparison) {
            return able.filterOperators().contains(comparison.operator())
                    ? Optional.empty()
                    : Optional.of(comparison.key() + ": " + comparison.operator() + " (expected: one of "
                            + new TreeSet<>(able.filterOperators()) + ")");
        }
    }
}
