package io.crossfade.proxy.route;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Remembers which filters and settings of a search applications use that the index which follows would refuse, and when: after
 * a flip those calls would fail. What was heard before the process began is forgotten. Safe for use by many threads.
 */
public final class QueryUse {
    /** The most reasons remembered; further ones are remembered as one. */
    static final int MOST_REASONS = 20;

    private static final int LONGEST = 200;

    private final Time time;
    private final Map<String, Long> refused = new ConcurrentHashMap<>();

    public QueryUse(Time time) {
        this.time = time;
    }

    /** Notes what the follower of the route would say to a filter that the leader is asked with. */
    public void heard(Route route, Filter filter) {
        if (route instanceof Route.Paired paired) {
            judge(
                    paired,
                    able -> filter.match(new Operators(able))
                            .or(() -> able.filters().refusal(filter)));
        }
    }

    /** Notes what the follower of the route would say to settings of a search. */
    public void heard(Route route, Map<String, Value> params) {
        if (route instanceof Route.Paired paired) {
            judge(paired, able -> able.params().refusal(params));
        }
    }

    /** A driver that throws has no part in the call, which the index that leads has answered. */
    private void judge(Route.Paired route, Function<Capabilities, Optional<String>> verdict) {
        try {
            Capabilities able = route.follower().index().capabilities();
            if (able.known()) {
                verdict.apply(able).ifPresent(this::refused);
            }
        } catch (RuntimeException | Error e) {
            refused("its driver fails: " + e);
        }
    }

    private void refused(String reason) {
        String brief = reason.substring(0, Math.min(reason.length(), LONGEST));
        boolean room = refused.size() < MOST_REASONS || refused.containsKey(brief);
        refused.put(room ? brief : "others", time.nanos());
    }

    /** Why queries like those of the window would be refused, in order. */
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
