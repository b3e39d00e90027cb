package io.crossfade.proxy.assembly;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.admin.CollectionAdmin;
import io.crossfade.proxy.migration.admin.DoubtAdmin;
import io.crossfade.proxy.migration.admin.MigrationStart;
import io.crossfade.proxy.migration.backfill.BackfillRuns;
import io.crossfade.proxy.migration.claim.Claims;
import io.crossfade.proxy.migration.claim.Owner;
import io.crossfade.proxy.migration.flip.Conditions;
import io.crossfade.proxy.migration.flip.Flips;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.Records;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.migration.verify.VerifyRuns;
import io.crossfade.proxy.migration.walk.Pace;
import io.crossfade.proxy.observe.CollectionObserver;
import io.crossfade.proxy.read.Reader;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.QueryUse;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.serve.LimitedCollection;
import io.crossfade.proxy.serve.Repeats;
import io.crossfade.proxy.serve.ServedCollection;
import io.crossfade.proxy.write.LiveLatency;
import io.crossfade.proxy.write.LiveWrites;
import io.crossfade.proxy.write.journal.JournalFiles;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** The stages of one collection on one sidecar, made once and handed to each other. */
final class Stages {
    private static final Duration STEP_LIMIT = Duration.ofSeconds(10);

    private final HostedCollection.Settings settings;
    private final Surroundings around;
    private final StateRecord<CollectionState> record;
    private final Stepper stepper;
    private final Flips flips;
    private final LiveWrites live;
    private final QueryUse queries;
    private final ShadowReads shadow;
    private final BackfillRuns backfills;
    private final VerifyRuns verifies;
    private final CollectionObserver observer;
    private final String process;
    private final AtomicBoolean hasBegun = new AtomicBoolean();

    Stages(HostedCollection.Settings settings, Surroundings around) {
        CollectionSettings stage = settings.collection();
        this.settings = settings;
        this.around = around;
        record = records().of(settings.name(), CollectionState.class);
        stepper = new Stepper(record, around.unhurried(), STEP_LIMIT);
        flips = new Flips(
                settings.name(), stepper, around.unhurried(), stage.flip().sealedLimit());
        LiveLatency latency = new LiveLatency(around.time());
        live = new LiveWrites(new Feeding(around.time()), latency);
        queries = new QueryUse(around.time());
        shadow = new ShadowReads(
                around.time(),
                around.dice(),
                stage.reconcile().engineTimeout(),
                stage.shadow().share());
        Pace pace = new Pace(around.unhurried(), stage.backfill().pace(), latency::pressure);
        backfills = new BackfillRuns(
                expendable(".backfill", CopyProgress.class),
                new BackfillRuns.Settings(stage.backfill(), stage.reconcile()),
                stepper,
                around.unhurried(),
                pace);
        verifies = new VerifyRuns(
                expendable(".verify", VerifyState.class),
                new VerifyRuns.Settings(stage.verify(), stage.reconcile()),
                stepper,
                around.unhurried(),
                pace);
        process = around.random().get();
        observer = around.observer().of(settings.name());
    }

    private Records records() {
        return new Records(around.control(), around.time(), around.dice(), settings.records());
    }

    /** A record of what can be done again: documents are copied once more, and compared once more. */
    private <T> StateRecord<T> expendable(String suffix, Class<T> type) {
        return records().of(settings.name() + suffix, type, StateRecord.IfDamaged.BEGIN_ANEW);
    }

    StateRecord<CollectionState> record() {
        return record;
    }

    /** Whom indexes belong to that this collection claims. */
    CompletableFuture<Owner> owner() {
        return settings.collection().identity().claim().isZero()
                ? CompletableFuture.completedFuture(new Owner(""))
                : records()
                        .of(settings.name() + ".owner", Owner.class)
                        .update(new Owner(around.random().get()), stands -> stands);
    }

    /** What keeps indexes from being migrated by one control store while sidecars with another one write to them. */
    Claims claims(Owner owner) {
        return new Claims(
                settings.name(),
                owner,
                settings.collection().identity().claim(),
                settings.collection().identity().voidClaims(),
                !record.isShared(),
                settings.collection().identity().timeout(),
                around.unhurried());
    }

    /** What the member is given, which follows the agreed state and tells the others of each route. */
    Member.Context member(Claims claims) {
        return new Member.Context(
                around.member(),
                settings.name(),
                record,
                stepper,
                around.participants(),
                settings.collection().flip(),
                around.time(),
                around.blocking(),
                this::migration,
                live,
                claims,
                this::onRoute);
    }

    void unfollow() {
        backfills.unfollow();
        verifies.unfollow();
    }

    private void onRoute(Member member, Route route) {
        observer.entered(route);
        if (hasBegun.getAndSet(true) || record.isShared()) {
            flips.watchOver(member.state());
        } else {
            flips.takeHome(member.state());
        }
        backfills.onRoute(member, route);
        verifies.onRoute(member, route);
    }

    private Migration migration(Duration unknownSettle, boolean begins) {
        CollectionSettings stage = settings.collection();
        Migration migration = Migration.open(
                new Migration.Context(
                        settings.name(),
                        around.member(),
                        process,
                        new Migration.Settings(
                                stage.mirror(),
                                settings.journal(),
                                stage.identity(),
                                stage.reconcile(),
                                stage.replay()),
                        live,
                        around.time(),
                        around.unhurried()),
                new JournalFiles(settings.name(), around.journals().resolve(settings.name()), around.stores()),
                begins,
                unknownSettle);
        migration.listen(observer);
        return migration;
    }

    /** What a front calls: measured, limited, checked whole, then written or read. */
    Collection collection(Member member) {
        Reader reader = new Reader(member.current(), live.feeding(), around.time(), shadow);
        Repeats repeats = new Repeats(around.time(), settings.collection().writeIds());
        observer.watchRepeats(repeats::report);
        Collection served = new ServedCollection(
                member.current(), settings.descriptions(), member.writer(), reader, repeats, queries, around.time());
        Collection limited = new LimitedCollection(
                settings.name(), served, settings.collection().limits().callsInFlight());
        return observer.measured(limited);
    }

    /** What an operator calls; its status is what the observer watches. */
    Admin admin(Member member) {
        Admin admin = new CollectionAdmin(
                member,
                backfills,
                verifies,
                new Conditions(member, backfills, verifies, live.feeding(), queries, shadow),
                flips,
                new MigrationStart(
                        around.participants(), member.context().claims(), stepper, around.time(), around.random()),
                shadow,
                new DoubtAdmin(
                        member,
                        stepper,
                        around.random(),
                        settings.collection().verify().batch(),
                        () -> verifies.verdicts().filter(VerifyState::wasClean).isPresent()),
                around.time());
        observer.watch(() -> admin.status().join());
        return admin;
    }
}
