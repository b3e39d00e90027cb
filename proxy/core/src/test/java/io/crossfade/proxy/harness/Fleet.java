package io.crossfade.proxy.harness;

import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.kit.control.MemoryControlStore;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.Records;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Sidecars over two engines and one control store, all on one thread in simulated time. */
public final class Fleet {
    public static final String COLLECTION = "documents";

    public final FakeTime time;
    public final Engine primary;
    public final Engine migration;
    public final Setting setting = new Setting();
    private Ledger control;
    public final Map<String, Embedder> embedders;
    public final Map<String, Embedder> primaryEmbedders;
    public final Path directory;
    public final List<Sidecar> sidecars = new ArrayList<>();

    private final String prefix;
    private int words;
    private Consumer<Sidecar> onStart = sidecar -> {};

    /**
     * @param directory for the dirty flags
     * @param text of both indexes
     * @param embedders of the migration index
     */
    public Fleet(
            Path directory,
            int size,
            String migrationSpace,
            TextSource text,
            Map<String, Embedder> embedders,
            Map<String, Embedder> primaryEmbedders) {
        this.primaryEmbedders = primaryEmbedders;
        this.directory = directory;
        this.embedders = embedders;
        prefix = "";
        time = new FakeTime();
        primary = Engine.of("old", Engine.space("a"), text, time);
        migration = Engine.of("new", Engine.space(migrationSpace), text, time);
        control = emptyStore(size > 1);
        for (int i = 0; i < size; i++) {
            sidecars.add(new Sidecar(this, "sidecar-" + i));
        }
    }

    /** A sidecar with a control store of its own, at the engines of others. */
    public static Fleet beside(Fleet others, Path directory) {
        return new Fleet(others, directory);
    }

    private Fleet(Fleet others, Path directory) {
        this.directory = directory;
        prefix = directory.getFileName() + "-";
        primaryEmbedders = others.primaryEmbedders;
        embedders = others.embedders;
        time = others.time;
        primary = others.primary;
        migration = others.migration;
        control = emptyStore(false);
        sidecars.add(new Sidecar(this, "sidecar-0"));
    }

    /** A word that nobody has been given before. */
    String random() {
        return prefix + "word" + ++words;
    }

    public Ledger control() {
        return control;
    }

    /** Another store that holds what this one does now. */
    public Ledger copyOfControl() {
        Ledger copy = emptyStore(control.isShared());
        var all = control.list("");
        settle();
        all.join().forEach((name, record) -> {
            var unused = copy.compareAndSet(name, Revision.ABSENT, record.value());
        });
        settle();
        return copy;
    }

    /** Puts another store in the place of the one that there was; processes that begin from now on use it. */
    public void control(Ledger next) {
        control = next;
    }

    /** Tells of each process that begins, before it does anything. */
    public void onStart(Consumer<Sidecar> listener) {
        onStart = listener;
    }

    void began(Sidecar sidecar) {
        onStart.accept(sidecar);
    }

    /** Both indexes have one space. */
    public Fleet(Path directory, int size) {
        this(directory, size, "a", TextSource.OWN, Map.of(), Map.of());
    }

    /** A control store that knows nothing, as after the loss of a state directory. */
    public Ledger emptyStore(boolean shared) {
        return new Ledger(new MemoryControlStore(new Life().executor(time), time, shared));
    }

    /** All sidecars begin to serve. */
    public Fleet start() {
        sidecars.forEach(Sidecar::start);
        until(() -> sidecars.stream()
                .allMatch(sidecar -> sidecar.isServing() || sidecar.refusal().isPresent()));
        return this;
    }

    /** One that is lost for good gets a successor, with a disk of its own, which has yet to begin. */
    public Sidecar replace(int i) {
        Sidecar successor = new Sidecar(this, get(i).name() + "'");
        sidecars.set(i, successor);
        return successor;
    }

    public Sidecar first() {
        return sidecars.get(0);
    }

    public Sidecar get(int i) {
        return sidecars.get(i);
    }

    private Records records() {
        return new Records(control, time, () -> 1, Setting.RECORDS);
    }

    private StateRecord<CollectionState> agreed() {
        return records().of(COLLECTION, CollectionState.class);
    }

    /** Tells of each state that the sidecars come to agree on from now on. */
    public void observeAgreed(Consumer<CollectionState> observer) {
        control.observe(COLLECTION, agreed(), observer);
    }

    /** Tells of each progress of the backfill from now on. */
    public void observeCopying(Consumer<CopyProgress> observer) {
        control.observe(COLLECTION + ".backfill", records().of(COLLECTION + ".backfill", CopyProgress.class), observer);
    }

    public CollectionState state() {
        var read = agreed().read();
        settle();
        return read.join().orElseThrow();
    }

    /** What comparisons have found, as it is stored. */
    public Optional<VerifyState> verdicts() {
        var read = records().of(COLLECTION + ".verify", VerifyState.class).read();
        settle();
        return read.join();
    }

    public Phase phase() {
        return state().phase();
    }

    public void settle() {
        time.advance(Duration.ZERO);
    }

    public void pass(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    /** Lets time go on until it holds, or for a minute. */
    public boolean until(BooleanSupplier holds) {
        for (int i = 0; i < 6_000 && !holds.getAsBoolean(); i++) {
            pass(10);
        }
        return holds.getAsBoolean();
    }

    /** Lets time go on until it is answered, at most a minute. */
    public <T> T await(CompletableFuture<T> answer) {
        until(answer::isDone);
        return answer.getNow(null) == null && !answer.isDone() ? fail() : answer.join();
    }

    private static <T> T fail() {
        throw new AssertionError("not answered within a minute");
    }

    /** Copied, compared and clean, ready to flip. */
    public Fleet migrated() {
        await(first().startMigration());
        if (!until(
                () -> first().progress().filter(progress -> progress.isDone()).isPresent())) {
            throw new AssertionError("the backfill has not ended");
        }
        await(first().verify(false));
        return this;
    }

    /** Every call to the control store, and every hint of it, takes a while from now on. */
    public void slowStore() {
        sidecars.forEach(sidecar -> sidecar.link().latency(() -> Duration.ofMillis(20)));
    }

    /** From now on every read takes some time. */
    public void slowReads() {
        FaultPlan slow = FaultPlan.on(FaultPlan.Operation.READ, new Fault.Slow(Duration.ofMillis(20)));
        for (Sidecar sidecar : sidecars) {
            sidecar.toPrimary().faults().plan(slow);
            sidecar.toMigration().faults().plan(slow);
        }
    }

    /** On any of the sidecars that hold a journal. */
    public boolean isParked(Key key) {
        return sidecars.stream()
                .filter(sidecar -> sidecar.hasMigration())
                .anyMatch(sidecar -> sidecar.migration().parked().isParked(key));
    }

    public Map<Key, StoredDocument> onPrimary() {
        return primary.contents();
    }

    public Map<Key, StoredDocument> onMigration() {
        return migration.contents();
    }
}
