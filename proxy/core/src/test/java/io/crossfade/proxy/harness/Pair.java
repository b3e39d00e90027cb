package io.crossfade.proxy.harness;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.migration.identity.Agreed;
import io.crossfade.proxy.migration.identity.Vouch;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WriteGate;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.LiveLatency;
import io.crossfade.proxy.write.LiveWrites;
import io.crossfade.proxy.write.SingleWriter;
import io.crossfade.proxy.write.Tenure;
import io.crossfade.proxy.write.Trust;
import io.crossfade.proxy.write.Writer;
import io.crossfade.proxy.write.journal.JournalFiles;
import io.crossfade.proxy.write.journal.Turns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The write path of one sidecar over two indexes, without members: a test sets the phase itself. Nothing runs until time
 * goes on. Both indexes have one space, "a", unless the migration index is given another.
 */
public final class Pair {
    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    public final FakeTime time = new FakeTime();
    public final Engine primaryEngine;
    public final Engine migrationEngine;
    public final JournalDisk disk = new JournalDisk();
    public final Setting setting = new Setting();
    private final Path directory;
    private final Map<String, Embedder> embedders;
    private Life life = new Life();
    private Engine.Connection toPrimary;
    private Engine.Connection toMigration;
    private @Nullable CurrentRoute current;
    private @Nullable Writer writer;
    private @Nullable Migration migration;
    private @Nullable SingleWriter single;
    private boolean fleet;
    private int processes;

    /** Both indexes in one space: vectors are carried. */
    public Pair(Path directory) {
        this(directory, "a", TextSource.OWN, Map.of());
    }

    /**
     * @param embedders of the migration index
     */
    public Pair(Path directory, String migrationSpace, TextSource text, Map<String, Embedder> embedders) {
        this.directory = directory;
        this.embedders = embedders;
        primaryEngine = Engine.of("old", Engine.space("a"), text, time);
        migrationEngine = Engine.of("new", Engine.space(migrationSpace), text, time);
        toPrimary = primaryEngine.connect(life, Map.of());
        toMigration = migrationEngine.connect(life, embedders);
    }

    public Pair inFleet() {
        fleet = true;
        return this;
    }

    /** Begins in a phase. */
    public Pair begin(Phase phase) {
        return begin(phase, 2, true);
    }

    private Pair begin(Phase phase, long epoch, boolean isNew) {
        Time time = life.time(this.time);
        LiveWrites live = new LiveWrites(new Feeding(time), new LiveLatency(time));
        Migration.Context context = new Migration.Context(
                "documents", "sidecar", "process" + ++processes, setting.ofMigration(), live, time, time);
        migration = Migration.open(
                context,
                new JournalFiles("documents", directory, disk.stores(life, Turns.NONE, life.executor(this.time))),
                isNew,
                Engine.SETTLE.plus(TIMEOUT));
        single = new SingleWriter(live.lanes(), time, Tenure.SURE);
        CurrentRoute begun = new CurrentRoute(route(phase, epoch));
        current = begun;
        writer = new Writer(begun, new WriteGate(time, TIMEOUT, 1_000), time);
        migration.join(
                new Trusting(),
                () -> begun.get() instanceof Route.Paired paired ? Optional.of(paired) : Optional.empty(),
                Trust.WHOLE,
                writer);
        migration.unmarkedHaveLanded();
        return this;
    }

    /** Whoever has no member to tell of a doubt has none. */
    private final class Trusting implements Agreed {
        @Override
        public CollectionState state() {
            return new CollectionState(
                    route().epoch(),
                    route().phase(),
                    primaryEngine.name(),
                    route().isSingle() ? null : migrationEngine.name(),
                    0,
                    null,
                    Map.of(),
                    1,
                    Map.of(),
                    Map.of(),
                    List.of(),
                    0,
                    0);
        }

        @Override
        public int slot() {
            return 0;
        }

        @Override
        public CompletableFuture<?> doubt(String index, Vouch found) {
            throw new AssertionError(found);
        }

        @Override
        public void twin(String found) {
            throw new AssertionError(found);
        }
    }

    private Route route(Phase phase, long epoch) {
        return phase == Phase.SINGLE
                ? new Route.Single("documents", epoch, toPrimary.participant(), fleet, requireNonNull(single))
                : new Route.Paired(
                        "documents",
                        epoch,
                        phase,
                        toPrimary.participant(),
                        toMigration.participant(),
                        fleet,
                        migration().writer());
    }

    /** The next phase, at once. */
    public void phase(Phase phase) {
        var unused = current().swap(route(phase, current().get().epoch() + 1));
    }

    /** The process is killed, and another one begins where it was. */
    public void restart() {
        kill();
        start();
    }

    public void kill() {
        life.end();
    }

    public void start() {
        life = new Life();
        toPrimary = primaryEngine.connect(life, Map.of());
        toMigration = migrationEngine.connect(life, embedders);
        begin(current().get().phase(), current().get().epoch(), false);
        migration().wakeReplay();
    }

    public Engine.Connection toPrimary() {
        return toPrimary;
    }

    public Engine.Connection toMigration() {
        return toMigration;
    }

    public Writer writer() {
        return requireNonNull(writer);
    }

    public CurrentRoute current() {
        return requireNonNull(current);
    }

    public Route route() {
        return current().get();
    }

    /** The route, in a migration. */
    public Route.Paired paired() {
        return (Route.Paired) route();
    }

    public Migration migration() {
        return requireNonNull(migration);
    }

    public CompletableFuture<WriteReply> write(WriteOp... ops) {
        return write(TIMEOUT, ops);
    }

    public CompletableFuture<WriteReply> write(Duration timeout, WriteOp... ops) {
        return requireNonNull(writer).write(WriteCall.of(ops), timeout);
    }

    /** Lets what is due run, without time going on. */
    public void settle() {
        time.advance(Duration.ZERO);
    }

    public void pass(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    public @Nullable StoredDocument onPrimary(Key key) {
        return primaryEngine.contents().get(key);
    }

    public @Nullable StoredDocument onMigration(Key key) {
        return migrationEngine.contents().get(key);
    }
}
