package io.crossfade.proxy.migration.flip;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.migration.backfill.BackfillRuns;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.verify.VerifyRuns;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.QueryUse;
import io.crossfade.proxy.route.Route;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What stands in the way of the next flip or rollback of a collection, right now. */
public record Conditions(
        Member member,
        BackfillRuns backfills,
        VerifyRuns verifies,
        Feeding feeding,
        QueryUse queries,
        ShadowReads shadow) {

    /** What this member knows; never waits for an index. Empty in phases from which neither is possible. */
    public List<Blocker> known() {
        return inspection().map(this::check).orElse(List.of());
    }

    /**
     * What this member knows, and what a probe of the follower finds. If that is nothing, what is pending gets the time
     * to be closed, so that no write is held for what can be known before.
     */
    public CompletableFuture<List<Blocker>> probed() {
        if (!known().isEmpty()) {
            return probe();
        }
        Route route = member.current().get();
        Migration migration = member.migration();
        return migration == null || route.isSingle()
                ? probe()
                : new DryDrain(member, route, migration).run().thenCompose(drained -> probe());
    }

    private CompletableFuture<List<Blocker>> probe() {
        Optional<Inspection> inspection = inspection();
        if (inspection.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        check(inspection.get());
        return inspection.get().probe();
    }

    private Optional<Inspection> inspection() {
        Route route = member.current().get();
        Migration migration = member.migration();
        boolean isSteady = route.phase() == Phase.MIRRORING || route.phase() == Phase.REVERSED;
        return migration == null || !isSteady || !(route instanceof Route.Paired paired)
                ? Optional.empty()
                : Optional.of(
                        new Inspection(member.context().name(), member.context().settings(), paired, migration));
    }

    private List<Blocker> check(Inspection inspection) {
        return member.current().get().phase() == Phase.MIRRORING
                ? inspection.flip(member.state(), backfills.progress(), verifies.verdicts(), feeding, queries, shadow)
                : inspection.rollback(member.state(), feeding);
    }
}
