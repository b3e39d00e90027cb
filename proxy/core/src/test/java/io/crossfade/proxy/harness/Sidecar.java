package io.crossfade.proxy.harness;

import io.crossfade.proxy.assembly.HostedCollection;
import io.crossfade.proxy.assembly.Surroundings;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.FetchReply;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.member.Participants;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.recover.Recovered;
import io.crossfade.proxy.migration.recover.Recovery;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.migration.verify.Verifier;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One sidecar of a fleet: a hosted collection as in production, on simulated surroundings. Can be killed and started again. */
public final class Sidecar {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_STARTS = Duration.ofMillis(100);

    private final Fleet fleet;
    private final String name;
    private final Path directory;
    public final JournalDisk disk = new JournalDisk();
    private Life life = new Life();
    private Engine.@Nullable Connection primary;
    private Engine.@Nullable Connection migration;
    private @Nullable HostedCollection hosted;
    private @Nullable Watched watched;
    private @Nullable StoreLink link;
    private @Nullable Throwable refusal;

    Sidecar(Fleet fleet, String name) {
        this(fleet, name, name);
    }

    private Sidecar(Fleet fleet, String name, String directory) {
        this.fleet = fleet;
        this.name = name;
        this.directory = fleet.directory.resolve(directory);
    }

    /** Another process of the same name, on a copy of this one's disk; it is not part of the fleet. */
    public Sidecar twin() {
        Sidecar twin = new Sidecar(fleet, name, name + " twin");
        disk.copyTo(twin.disk).run();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, twin.directory.resolve(directory.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return twin;
    }

    public void kill() {
        life.end();
        hosted = null;
    }

    /** Its disk is gone, and an empty one in its place. The process must have ended. */
    public void loseDisk() {
        remove(directory);
    }

    /** The marks are gone, but nothing else of the disk. The process must have ended. */
    public void loseMarks() {
        remove(directory.resolve(Fleet.COLLECTION).resolve("marks"));
    }

    private static void remove(Path directory) {
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        link = new StoreLink(fleet.control(), life, fleet.time);
        watched = new Watched();
        refusal = null;
        fleet.began(this);
        List<Space> spaces = Stream.of(primary, migration)
                .flatMap(index -> index.participant().spaces().values().stream())
                .distinct()
                .toList();
        HostedCollection.start(fleet.setting.of(Fleet.COLLECTION, fleet.primary.name(), spaces), surroundings())
                .thenAccept(started -> hosted = started)
                .exceptionally(failed -> {
                    refusal = failed;
                    life.time(fleet.time).after(BETWEEN_STARTS, () -> {
                        life.end();
                        start(clockError);
                    });
                    return null;
                });
    }

    private Surroundings surroundings() {
        Time time = life.time(fleet.time);
        return new Surroundings(
                name,
                link(),
                new BothIndexes(toPrimary().participant(), toMigration().participant()),
                directory,
                disk.stores(life, life.turns(fleet.time), disk.thread(life, fleet.time)),
                time,
                life.executor(fleet.time),
                life.executor(fleet.time),
                () -> 1,
                fleet::random,
                collection -> watched());
    }

    private record BothIndexes(Participant primary, Participant migration) implements Participants {
        @Override
        public CompletableFuture<Participant> open(String index) {
            Participant named = index.equals(primary.name()) ? primary : migration;
            return named.index().open().thenApply(opened -> named);
        }

        @Override
        public CompletableFuture<Participant> create(String index, List<FilterKey> keys) {
            return open(index);
        }

        @Override
        public CompletableFuture<Participant> attach(String index) {
            return CompletableFuture.completedFuture(index.equals(primary.name()) ? primary : migration);
        }

        @Override
        public Set<String> names() {
            return Set.of(primary.name(), migration.name());
        }
    }

    public boolean isServing() {
        return hosted != null;
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
        return collection().write(call, timeout);
    }

    public CompletableFuture<FetchReply> fetch(Key key) {
        return fetch(key, TIMEOUT);
    }

    public CompletableFuture<FetchReply> fetch(Key key, Duration timeout) {
        return collection().fetch(List.of(key), Projection.ALL, timeout);
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

    /** Goes back although acked writes are on the index only that is left. */
    public CompletableFuture<Admin.Stepped> rollbackLeavingBehind() {
        return admin().rollback(new Admin.StepRequest(Optional.empty(), false, "it is gone", true));
    }

    public CompletableFuture<Admin.Stepped> complete() {
        return admin().complete(request());
    }

    public CompletableFuture<Admin.Stepped> abort() {
        return admin().abort(request());
    }

    /** Puts out another one, which must have ended for good. */
    public CompletableFuture<CollectionState> fence(Sidecar lost) {
        return member().context().stepper().fence(lost.name());
    }

    private static Admin.StepRequest request() {
        return new Admin.StepRequest(Optional.empty(), false, "test", false);
    }

    /** Brings back what the leader has lost, and removes what only the leader still has. */
    public CompletableFuture<Recovered> recover() {
        return recover(key -> {});
    }

    /** As {@link #recover()}; hears of each document of which a part may be lost. */
    public CompletableFuture<Recovered> recover(Consumer<Key> unsettled) {
        return admin().recover(false, true, new Recovery.Listener() {
            @Override
            public void reached(Recovered done) {}

            @Override
            public void unsettled(Key key, String why) {
                unsettled.accept(key);
            }

            @Override
            public boolean isCancelled() {
                return false;
            }
        });
    }

    /** From the first document. */
    public CompletableFuture<VerifyState> verify(boolean repair) {
        return verify(repair, new Findings());
    }

    /** From the first document. */
    public CompletableFuture<VerifyState> verify(boolean repair, Findings findings) {
        return admin().verify(repair, 0, true, findings);
    }

    /** Remembers what a comparison finds; can be cancelled. */
    public static class Findings implements Verifier.Listener {
        public final List<Difference> found = new ArrayList<>();
        private long compared;
        private boolean cancelled;
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

        public void cancel() {
            cancelled = true;
        }

        @Override
        public void compared(long documents) {
            compared += documents;
        }

        /** Documents that this run has compared. */
        public long compared() {
            return compared;
        }

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

    /** What applications call. */
    public Collection collection() {
        return hosted().collection();
    }

    public Admin admin() {
        return hosted().admin();
    }

    public Member member() {
        return hosted().member();
    }

    private HostedCollection hosted() {
        return Objects.requireNonNull(hosted);
    }

    /** What it holds for the migration that is under way. */
    public Migration migration() {
        return Objects.requireNonNull(member().migration());
    }

    public boolean hasMigration() {
        return isServing() && member().migration() != null;
    }

    public Route route() {
        return member().current().get();
    }

    /** The route, in a migration. */
    public Route.Paired paired() {
        return (Route.Paired) route();
    }

    /** How far the backfill is, as its status says. */
    public Optional<CopyProgress> progress() {
        return admin().status().join().backfill();
    }

    /** What an observer has been told since the process began. */
    public Watched watched() {
        return Objects.requireNonNull(watched);
    }

    public Engine.Connection toPrimary() {
        return Objects.requireNonNull(primary);
    }

    public Engine.Connection toMigration() {
        return Objects.requireNonNull(migration);
    }
}
