package io.crossfade.proxy.sim;

import io.crossfade.proxy.collection.FetchReply;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
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
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.migration.verify.Verifier;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.read.Reader;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.LiveLatency;
import io.crossfade.proxy.write.Writer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One sidecar of a fleet: the same stages as the composition root, on simulated parts. Can be killed and started again. */
public final class Sidecar {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STEP_LIMIT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_STARTS = Duration.ofMillis(100);

    private final Fleet fleet;
    private final String name;
    public final JournalDisk disk = new JournalDisk();
    private Life life = new Life();
    private Engine.@Nullable Connection primary;
    private Engine.@Nullable Connection migration;
    private @Nullable Member member;
    private @Nullable Copying copying;
    private @Nullable CollectionAdmin admin;
    private @Nullable Reader reader;
    private @Nullable StoreLink link;
    private @Nullable Stepper stepper;
    private @Nullable Throwable refusal;

    Sidecar(Fleet fleet, String name) {
        this.fleet = fleet;
        this.name = name;
    }

    public void kill() {
        life.end();
        member = null;
    }

    /** Its disk is gone, and an empty one in its place. The process must have ended. */
    public void loseDisk() {
        disk.replace();
        try {
            Files.deleteIfExists(directory().resolve("dirty"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path directory() {
        return fleet.directory.resolve(name);
    }

    /** Begins to serve when time goes on; tries again, as a new process, while that fails. */
    public void start() {
        start(Duration.ZERO);
    }

    /**
     * @param clockError how far ahead of true time its wall clock is
     */
    public void start(Duration clockError) {
        life.end();
        life = new Life(clockError);
        primary = fleet.primary.connect(life, fleet.primaryEmbedders);
        migration = fleet.migration.connect(life, fleet.embedders);
        StoreLink control = new StoreLink(fleet.control, life, fleet.time);
        link = control;
        refusal = null;
        fleet.onStart.accept(this);
        Time time = life.time(fleet.time);
        MigrationSettings settings = fleet.setting.in(directory());
        StateRecord<CollectionState> record = new StateRecord<>(control, Fleet.COLLECTION, CollectionState.class);
        Stepper steps = new Stepper(record, time, STEP_LIMIT);
        stepper = steps;
        Flips flips = new Flips("documents", steps, time, settings.sealedLimit());
        Copying copies = new Copying(
                new StateRecord<>(control, "backfill", CopyProgress.class),
                new StateRecord<>(control, "verify", VerifyState.class),
                settings,
                steps,
                time,
                () -> 1);
        ShadowReads shadow = new ShadowReads(time, () -> 1, TIMEOUT, 0);
        Feeding feeding = new Feeding(time);
        Member.Context context = new Member.Context(
                name,
                Fleet.COLLECTION,
                record,
                steps,
                new BothIndexes(primary.participant(), migration.participant()),
                settings,
                time,
                life.executor(fleet.time),
                (route, writer, isNew) -> works(settings, writer, isNew, time),
                feeding,
                new LiveLatency(),
                (self, route) -> {
                    flips.watchOver(self.state());
                    if (route.isSingle()) {
                        copies.forget();
                    } else {
                        copies.restore(self.state()).thenRun(() -> copies.onRoute(self, route));
                    }
                });
        BootCheck.run(record, context.participants(), fleet.primary.name(), false)
                .thenCompose(initial -> Member.start(context, initial, 10_000))
                .thenAccept(started -> {
                    member = started;
                    copying = copies;
                    reader = new Reader(started.current(), feeding, time, shadow);
                    admin = new CollectionAdmin(
                            started,
                            copies,
                            new Conditions(started, copies, feeding, shadow),
                            flips,
                            new MigrationStart(context.participants(), steps, time),
                            shadow,
                            time);
                })
                .exceptionally(failed -> {
                    refusal = failed;
                    life.time(fleet.time).after(BETWEEN_STARTS, () -> {
                        life.end();
                        start(clockError);
                    });
                    return null;
                });
    }

    private Works works(MigrationSettings settings, Writer writer, boolean isNew, Time time) {
        if (isNew) {
            disk.replace();
        }
        try {
            return Works.open(
                    Fleet.COLLECTION,
                    settings,
                    disk.open(life),
                    writer,
                    time,
                    Runnable::run,
                    isNew || disk.exists() ? Optional.empty() : Optional.of("the journal is gone"),
                    Engine.SETTLE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record BothIndexes(Participant primary, Participant migration) implements Participants {
        @Override
        public CompletableFuture<Participant> open(String index) {
            return CompletableFuture.completedFuture(index.equals(primary.name()) ? primary : migration);
        }

        @Override
        public CompletableFuture<Participant> attach(String index) {
            return open(index);
        }

        @Override
        public Set<String> names() {
            return Set.of(primary.name(), migration.name());
        }
    }

    public boolean isServing() {
        return member != null;
    }

    /** Has been started at least once. */
    public boolean hasBegun() {
        return link != null;
    }

    /** Serves, and is not paused. */
    public boolean isReachable() {
        return isServing() && !life.isPaused();
    }

    public Life life() {
        return life;
    }

    public StoreLink link() {
        return Objects.requireNonNull(link);
    }

    /** Why the last start failed. */
    public Optional<Throwable> refusal() {
        return Optional.ofNullable(refusal);
    }

    public String name() {
        return name;
    }

    public CompletableFuture<WriteReply> write(WriteOp... ops) {
        return write(TIMEOUT, ops);
    }

    public CompletableFuture<WriteReply> write(Duration timeout, WriteOp... ops) {
        return write(List.of(ops), "", timeout);
    }

    public CompletableFuture<WriteReply> write(List<WriteOp> ops, String writeId, Duration timeout) {
        return write(new WriteCall(ops, writeId, ""), timeout);
    }

    public CompletableFuture<WriteReply> write(WriteCall call, Duration timeout) {
        return member().writer().write(call, timeout);
    }

    public CompletableFuture<FetchReply> fetch(Key key) {
        return fetch(key, TIMEOUT);
    }

    public CompletableFuture<FetchReply> fetch(Key key, Duration timeout) {
        return Objects.requireNonNull(reader).fetch(List.of(key), Projection.ALL, timeout);
    }

    public CompletableFuture<Admin.Started> startMigration() {
        return admin().start(new Admin.StartRequest(fleet.migration.name(), Map.of(), false, Optional.empty()));
    }

    public CompletableFuture<Admin.Stepped> flip() {
        return admin().flip(request());
    }

    public CompletableFuture<Admin.Stepped> rollback() {
        return admin().rollback(request());
    }

    public CompletableFuture<Admin.Stepped> complete() {
        return admin().complete(request());
    }

    public CompletableFuture<Admin.Stepped> abort() {
        return admin().abort(request());
    }

    /** Puts out another one, which must have ended for good. */
    public CompletableFuture<CollectionState> fence(Sidecar lost) {
        return Objects.requireNonNull(stepper).fence(lost.name());
    }

    private static Admin.StepRequest request() {
        return new Admin.StepRequest(Optional.empty(), false, "test");
    }

    /** From the first slice. */
    public CompletableFuture<VerifyState> verify(boolean repair) {
        return verify(repair, new Findings());
    }

    /** From the first slice. */
    public CompletableFuture<VerifyState> verify(boolean repair, Findings findings) {
        return admin().verify(repair, true, findings);
    }

    /** Remembers what a comparison finds; can be cancelled. */
    public static final class Findings implements Verifier.Listener {
        public final List<Difference> found = new ArrayList<>();
        public boolean cancelled;
        private final Predicate<Difference> counts;

        public Findings() {
            this(difference -> true);
        }

        /**
         * @param counts asked at the moment when the difference is found
         */
        public Findings(Predicate<Difference> counts) {
            this.counts = counts;
        }

        @Override
        public void compared(long documents) {}

        @Override
        public void found(Difference difference) {
            if (counts.test(difference)) {
                found.add(difference);
            }
        }

        @Override
        public void repaired(long documents) {}

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }

    public Member member() {
        return Objects.requireNonNull(member);
    }

    public Works works() {
        return Objects.requireNonNull(member().works());
    }

    public Route route() {
        return member().current().get();
    }

    public Copying copying() {
        return Objects.requireNonNull(copying);
    }

    public CollectionAdmin admin() {
        return Objects.requireNonNull(admin);
    }

    public Engine.Connection primary() {
        return Objects.requireNonNull(primary);
    }

    public Engine.Connection migration() {
        return Objects.requireNonNull(migration);
    }
}
