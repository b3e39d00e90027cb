package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Describes a route; the last description is remembered, as long as the leader can do what it could. Two calls that race
 * may both make it, and make the same.
 */
public final class Descriptions {
    private final List<Space> configuredSpaces;
    private final Description.Limits limits;
    private volatile @Nullable Described last;

    public Descriptions(List<Space> configuredSpaces, Description.Limits limits) {
        this.configuredSpaces = List.copyOf(configuredSpaces);
        this.limits = limits;
    }

    private record Described(Route route, Capabilities capabilities, Description description) {
        boolean isOf(Route other, Capabilities now) {
            return route == other && capabilities.equals(now);
        }
    }

    Description of(Route route) {
        Described known = last;
        Capabilities now = route.leader().index().capabilities();
        if (known == null || !known.isOf(route, now)) {
            known = new Described(route, now, describe(route, now));
            last = known;
        }
        return known.description();
    }

    private Description describe(Route route, Capabilities capabilities) {
        List<Description.SpaceUse> uses = new ArrayList<>(uses(route, route.leader()));
        if (route instanceof Route.Paired paired) {
            uses.addAll(uses(route, paired.follower()));
        }
        Set<String> used = uses.stream().map(use -> use.space().name()).collect(Collectors.toSet());
        return new Description(
                route.collection(),
                route.epoch(),
                route.phase(),
                route.leader().name(),
                uses,
                configuredSpaces.stream()
                        .filter(space -> !used.contains(space.name()))
                        .toList(),
                limits,
                capabilities.known(),
                capabilities.filterOperators(),
                route.leader().textSource().fields());
    }

    private static List<Description.SpaceUse> uses(Route route, Participant participant) {
        boolean leads = participant == route.leader();
        return participant.spaces().entrySet().stream()
                .map(field -> new Description.SpaceUse(
                        participant.name(),
                        field.getKey(),
                        field.getValue(),
                        leads,
                        leads,
                        participant.embedder(field.getKey()) != null))
                .toList();
    }
}
