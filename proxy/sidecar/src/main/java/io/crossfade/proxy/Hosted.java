package io.crossfade.proxy;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.config.CollectionConfig;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.config.JournalConfig;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.migration.Admin;
import io.crossfade.proxy.migration.CollectionAdmin;
import io.crossfade.proxy.migration.Copying;
import io.crossfade.proxy.migration.MigrationSettings;
import io.crossfade.proxy.migration.MigrationStart;
import io.crossfade.proxy.migration.Works;
import io.crossfade.proxy.migration.flip.Conditions;
import io.crossfade.proxy.migration.flip.Flips;
import io.crossfade.proxy.migration.flip.Stepper;
import io.crossfade.proxy.migration.member.BootCheck;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.member.Participants;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.observe.Metrics;
import io.crossfade.proxy.observe.MigrationLog;
import io.crossfade.proxy.read.Reader;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.serve.Descriptions;
import io.crossfade.proxy.serve.LimitedCollection;
import io.crossfade.proxy.serve.ServedCollection;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.time.TimersOn;
import io.crossfade.proxy.write.LiveLatency;
import io.crossfade.proxy.write.Writer;
import io.crossfade.proxy.write.journal.JournalFiles;
import io.crossfade.proxy.write.mirror.Mirror;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One collection with all its stages, put together in the order in which a call and then a migration passes through
 * them.
 */
record Hosted(String name, Collection collection, Admin admin, Member member) {
    private static final Duration STEP_LIMIT = Duration.ofSeconds(10);
    private static final Duration ENGINE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY_AFTER = Duration.ofMillis(200);
    private static final int ID_BYTES = 512;

    /** What all collections of a sidecar share. */
    record Shared(
            CrossfadeConfig config,
            ControlStore control,
            Participants participants,
            Time time,
            Executor blocking,
            Metrics metrics,
            String member) {
        /** For work that takes longer than a timer's thread should be kept. */
        Time unhurried() {
            return new TimersOn(time, blocking);
        }
    }

    static CompletableFuture<Hosted> start(String name, Shared shared) {
        CollectionConfig config = shared.config().collection(name);
        Time time = shared.time();
        MigrationSettings settings = settings(name, shared.config());
        StateRecord<CollectionState> record = new StateRecord<>(shared.control(), name, CollectionState.class);
        Stepper stepper = new Stepper(record, shared.unhurried(), STEP_LIMIT);
        Flips flips = new Flips(name, stepper, shared.unhurried(), settings.sealedLimit());
        LiveLatency latency = new LiveLatency();
        Copying copying = new Copying(
                new StateRecord<>(shared.control(), name + ".backfill", CopyProgress.class),
                new StateRecord<>(shared.control(), name + ".verify", VerifyState.class),
                settings,
                stepper,
                shared.unhurried(),
                latency::pressure);
        ShadowReads shadow = new ShadowReads(
                time,
                () -> ThreadLocalRandom.current().nextDouble(),
                ENGINE_TIMEOUT,
                config.shadow().share());
        Feeding feeding = new Feeding(time);
        MigrationLog log = new MigrationLog(name, time);
        Member.Context context = new Member.Context(
                shared.member(),
                name,
                record,
                stepper,
                shared.participants(),
                settings,
                time,
                shared.blocking(),
                (route, writer, isNew) -> works(name, settings, route, writer, isNew, time, log),
                feeding,
                latency,
                (member, route) -> {
                    log.entered(route);
                    flips.watchOver(member.state());
                    if (route.isSingle()) {
                        copying.forget();
                    } else {
                        copying.restore(member.state()).thenRun(() -> copying.onRoute(member, route));
                    }
                });
        return BootCheck.run(
                        record,
                        shared.participants(),
                        config.index(),
                        shared.config().control().bootstrap())
                .thenCompose(
                        initial -> Member.start(context, initial, config.flip().maxHeldCalls()))
                .thenApply(member -> {
                    Reader reader = new Reader(member.current(), feeding, time, shadow);
                    Collection collection = shared.metrics()
                            .measured(
                                    name,
                                    new LimitedCollection(
                                            name,
                                            new ServedCollection(
                                                    member.current(),
                                                    descriptions(shared.config(), config),
                                                    member.writer(),
                                                    reader),
                                            config.limits().callsInFlight()));
                    Admin admin = new CollectionAdmin(
                            member,
                            copying,
                            new Conditions(member, copying, feeding, shadow),
                            flips,
                            new MigrationStart(shared.participants(), stepper, time),
                            shadow,
                            time);
                    shared.metrics().watch(name, () -> admin.status().join());
                    return new Hosted(name, collection, admin, member);
                });
    }

    private static Works works(
            String name,
            MigrationSettings settings,
            Route route,
            Writer writer,
            boolean isNew,
            Time time,
            MigrationLog log) {
        Duration leader = route.leader().index().capabilities().unknownSettle();
        Duration follower = route.follower().index().capabilities().unknownSettle();
        Works works = JournalFiles.open(
                name,
                settings.journalDirectory(),
                isNew,
                (store, thread, doubt) -> Works.open(
                        name,
                        settings,
                        store,
                        writer,
                        time,
                        thread,
                        doubt,
                        leader.compareTo(follower) > 0 ? leader : follower));
        works.listen(log);
        return works;
    }

    private static Descriptions descriptions(CrossfadeConfig config, CollectionConfig collection) {
        List<Space> spaces =
                config.spaces().keySet().stream().sorted().map(config::space).toList();
        return new Descriptions(
                spaces,
                new Description.Limits(
                        collection.limits().batch(),
                        collection.limits().topK(),
                        collection.limits().textBytes(),
                        collection.limits().metadataBytes(),
                        ID_BYTES,
                        config.listeners().messageBytes(),
                        collection.limits().maxMatched()));
    }

    private static MigrationSettings settings(String name, CrossfadeConfig config) {
        CollectionConfig collection = config.collection(name);
        JournalConfig journal = config.journal();
        Double overlap = collection.flip().thresholds().overlapAtK();
        return new MigrationSettings(
                collection.mirror().ackWait(),
                new Mirror.Settings(
                        collection.mirror().deadline(),
                        collection.mirror().maxInFlight(),
                        collection.mirror().breaker().failureRate(),
                        collection.mirror().breaker().slowCall(),
                        collection.mirror().breaker().window(),
                        collection.mirror().breaker().minCalls(),
                        collection.mirror().breaker().openWait(),
                        collection.mirror().breaker().halfOpenCalls()),
                config.journalDir().resolve(name),
                journal.maxPending(),
                journal.maxBytes(),
                journal.onLoss() == JournalConfig.OnLoss.FAIL,
                collection.backfill().batch(),
                collection.backfill().slices(),
                collection.backfill().inFlight(),
                ENGINE_TIMEOUT,
                RETRY_AFTER,
                collection.backfill().pace(),
                collection.verify().batch(),
                collection.verify().looks(),
                collection.verify().lookWait(),
                collection.flip().maxHold(),
                collection.flip().sealedLimit(),
                collection.flip().pendingAge(),
                collection.flip().feedWindow(),
                overlap == null ? 0 : overlap);
    }
}
