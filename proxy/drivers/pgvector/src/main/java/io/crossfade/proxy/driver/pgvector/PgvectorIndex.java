package io.crossfade.proxy.driver.pgvector;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.Cause;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The driver's face: each call waits for the engine on a thread of {@link VectorIndexProvider.Context#blocking}. A call counts
 * as begun once it has a connection; its socket gives up shortly before the call does, so that what became of a write is known.
 * The table is an immutable snapshot, swapped when the index is opened or has got its table of stamps.
 */
final class PgvectorIndex implements VectorIndex {
    private static final int MAX_BATCH = 500;
    private static final long LEAST_SOCKET_MILLIS = 10;

    /** How old what is known of a table's triggers may be when rows are written. */
    private static final long TRIGGERS_NANOS = Duration.ofSeconds(5).toNanos();

    /** What a commit may take that the engine has begun in time. */
    private static final Duration COMMIT = Duration.ofSeconds(1);

    private final IndexDefinition definition;
    private final PgvectorIndexSettings settings;
    private final VectorIndexProvider.Context context;
    private final Capabilities capabilities;
    private volatile @Nullable Opened opened;

    @GuardedBy("this")
    private @Nullable Pools pools;

    @GuardedBy("this")
    private boolean closed;

    /**
     * What calls use.
     *
     * @param looked when the table's triggers were looked at
     */
    private record Opened(Pools pools, Table table, long looked) {}

    PgvectorIndex(IndexDefinition definition, PgvectorIndexSettings settings, VectorIndexProvider.Context context) {
        this.definition = definition;
        this.settings = settings;
        this.context = context;
        this.capabilities = new Capabilities(
                EnumSet.allOf(Filter.Operator.class),
                Search.PARAMS,
                MAX_BATCH,
                settings.writeTimeout().plus(COMMIT),
                false);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public CompletableFuture<Void> open() {
        return opening(null);
    }

    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        return opening(keys);
    }

    @Override
    public CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return read(timeout, (open, connection) -> FilterKeys.of(open.table(), connection));
    }

    /**
     * @param wanted keys to find rows by in a table that is made; null: none is made
     */
    private CompletableFuture<Void> opening(@Nullable List<FilterKey> wanted) {
        try {
            return CompletableFuture.runAsync(() -> open(wanted), context.blocking());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new IndexException(IndexException.Kind.UNAVAILABLE, "not sent: " + e.getMessage(), e));
        }
    }

    private void open(@Nullable List<FilterKey> wanted) {
        Pools open = pools();
        try (Pools.Lease lease = open.forWrites()) {
            Connection connection = lease.connection();
            try {
                if (wanted != null && new TableMaker(definition, settings, connection).make(wanted)) {
                    open.renew();
                }
                Table table = new Catalog(definition, settings, connection).inspect();
                if (wanted != null && table.stamps() == Table.Stamps.NOWHERE) {
                    new TableMaker(definition, settings, connection).makeBeside(table);
                    table = table.withStampsBeside();
                }
                connection.rollback();
                opened(open, table);
            } catch (SQLException e) {
                lease.endIfLost(e);
                throw e;
            }
        } catch (SQLException e) {
            throw Problems.of("index " + definition.name(), e);
        }
    }

    private synchronized Pools pools() {
        if (closed) {
            throw new IndexException(IndexException.Kind.UNAVAILABLE, "index " + definition.name() + ": closed");
        }
        Pools open = pools;
        if (open == null) {
            open = new Pools(definition.name(), settings);
            pools = open;
        }
        return open;
    }

    private synchronized void opened(Pools open, Table table) {
        if (!closed) {
            opened = new Opened(open, table, context.time().nanos());
        }
    }

    // ---- Writes

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        TimedCall<List<Outcome>> call = TimedCall.write(context.time(), timeout, writes.size());
        Work<List<Outcome>> work = new Work<>() {
            @Override
            public List<Outcome> on(Opened open, Pools.Lease lease, LongSupplier left) throws SQLException {
                return written(open, lease, left, writes);
            }

            @Override
            public List<Outcome> notDone(SQLException failed) {
                return Collections.nCopies(writes.size(), new Outcome.Failed(Problems.reason(failed)));
            }
        };
        return run(call, timeout, true, work);
    }

    private List<Outcome> written(Opened open, Pools.Lease lease, LongSupplier left, List<IndexWrite> writes)
            throws SQLException {
        Connection connection = lease.connection();
        Table table = withTriggers(open, connection);
        if (table.stamps() == Table.Stamps.NOWHERE && writes.stream().anyMatch(PgvectorIndex::isStamped)) {
            try {
                new TableMaker(definition, settings, connection).makeBeside(table);
            } catch (SQLException e) {
                lease.end();
                String reason = "table " + Table.besideOf(table.name()) + " cannot be made: " + Problems.reason(e);
                return Collections.nCopies(writes.size(), new Outcome.Failed(reason));
            }
            table = table.withStampsBeside();
            opened(open.pools(), table);
        }
        Table used = table;
        Writer writer = new Writer(connection, table, writes, left, () -> difference(open.pools(), used, connection));
        List<Outcome> outcomes = writer.write(definition.vectors());
        SQLException lost = writer.lost();
        if (lost != null) {
            lease.end();
            if (!writer.isSome()) {
                throw lost;
            }
        }
        return outcomes;
    }

    /** The table with the triggers that it has, or had a moment ago. */
    private Table withTriggers(Opened open, Connection connection) throws SQLException {
        if (context.time().nanos() - open.looked() < TRIGGERS_NANOS) {
            return open.table();
        }
        List<String> triggers = new Catalog(definition, settings, connection).triggers();
        connection.rollback();
        Table table = open.table().withTriggers(triggers);
        opened(open.pools(), table);
        return table;
    }

    /** What is different about the table than when it was opened; from then on it is used as it is, if it can be. */
    private @Nullable String difference(Pools open, Table before, Connection connection) throws SQLException {
        Table now;
        try {
            now = new Catalog(definition, settings, connection).shape();
        } catch (IndexException e) {
            return e.getMessage();
        }
        if (now.equals(before)) {
            return null;
        }
        opened(open, now);
        if (now.withTriggers(before.triggers()).equals(before)) {
            return null;
        }
        return "index " + definition.name() + ": the table has changed while it was used";
    }

    private static boolean isStamped(IndexWrite write) {
        return write.match(new IndexWrite.Cases<Boolean, RuntimeException>() {
            @Override
            public Boolean put(IndexWrite.Put put) {
                return !put.document().stamp().equals(io.crossfade.proxy.model.Stamp.NONE);
            }

            @Override
            public Boolean patchMetadata(IndexWrite.PatchMetadata patch) {
                return !patch.stamp().equals(io.crossfade.proxy.model.Stamp.NONE);
            }

            @Override
            public Boolean patchVectors(IndexWrite.PatchVectors patch) {
                return !patch.stamp().equals(io.crossfade.proxy.model.Stamp.NONE);
            }

            @Override
            public Boolean remove(IndexWrite.Remove remove) {
                return false;
            }

            @Override
            public Boolean unstamp(IndexWrite.Unstamp unstamp) {
                return false;
            }
        });
    }

    // ---- Reads

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return read(timeout, (open, connection) -> new Reader(open.table()).fetch(connection, keys, wanted));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return read(
                timeout,
                (open, connection) ->
                        new Search(open.table(), settings).query(connection, query, definition.vectors()));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return read(timeout, (open, connection) -> new Reader(open.table()).scan(connection, query));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return read(timeout, (open, connection) -> new Reader(open.table()).count(connection, filter));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return read(timeout, (open, connection) -> {
            Notes notes = new Notes(open.table());
            return notes.isThere(connection) ? notes.read(connection) : Map.of();
        });
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        TimedCall<Boolean> call = TimedCall.read(context.time(), timeout);
        return run(call, timeout, true, (open, lease, left) -> {
                    Connection connection = lease.connection();
                    Notes notes = new Notes(open.table());
                    if (!notes.isThere(connection)) {
                        TableMaker maker = new TableMaker(definition, settings, connection);
                        maker.lock();
                        maker.makeNotes();
                    }
                    notes.set(connection, name, value);
                    String unconfirmed = Problems.commit(connection);
                    if (unconfirmed != null) {
                        throw new IndexException(
                                IndexException.Kind.UNAVAILABLE,
                                "index " + definition.name() + ": note " + name + ": " + unconfirmed);
                    }
                    return true;
                })
                .thenAccept(done -> {});
    }

    private <T> CompletableFuture<T> read(Duration timeout, Read<T> read) {
        return run(TimedCall.<T>read(context.time(), timeout), timeout, false, (open, lease, left) -> {
            T answer = read.from(open, lease.connection());
            lease.connection().rollback();
            return answer;
        });
    }

    // ---- A call

    private <T> CompletableFuture<T> run(TimedCall<T> call, Duration timeout, boolean writes, Work<T> work) {
        long ends = context.time().nanos() + timeout.toNanos();
        try {
            context.blocking().execute(() -> run(call, ends, writes, work));
        } catch (RejectedExecutionException e) {
            call.giveUp(new IndexException(IndexException.Kind.UNAVAILABLE, "not sent: " + e.getMessage()));
        }
        return call.future();
    }

    private <T> void run(TimedCall<T> call, long ends, boolean writes, Work<T> work) {
        Opened open = opened;
        if (open == null) {
            call.giveUp(new IndexException(
                    IndexException.Kind.UNAVAILABLE, "index " + definition.name() + ": not open (expected: open)"));
            return;
        }
        LongSupplier left = () -> ends - context.time().nanos();
        if (left.getAsLong() <= 0) {
            return; // answered at its timeout
        }
        try {
            called(call, open, left, writes, work, true);
        } catch (RuntimeException | Error e) {
            Throwable cause = Cause.of(e);
            call.giveUp(
                    cause instanceof IndexException index
                            ? index
                            : new IndexException(IndexException.Kind.INTERNAL, "index: " + cause, cause));
        }
    }

    /** Makes the call; once more, and with a new connection, if it was only the connection that was of no use, and nothing is done. */
    private <T> void called(
            TimedCall<T> call, Opened open, LongSupplier left, boolean writes, Work<T> work, boolean isFirst) {
        boolean isBegun = !isFirst;
        SQLException failed;
        try (Pools.Lease lease =
                writes ? open.pools().forWrites() : open.pools().forReads()) {
            isBegun = true;
            if (!isFirst || call.begin()) {
                call.answer(within(lease, open, left, work));
            }
            return;
        } catch (SQLException e) {
            failed = e;
        }
        if (isFirst && isBegun && Problems.isStale(failed) && left.getAsLong() > 0) {
            open.pools().renew();
            called(call, open, left, writes, work, false);
            return;
        }
        if (isFirst && !writes && Problems.isOfTheSchema(failed) && left.getAsLong() > 0) {
            Opened now = again(open);
            if (now != null) {
                called(call, now, left, false, work, false);
                return;
            }
        }
        T notDone = isBegun ? work.notDone(failed) : null;
        if (notDone != null) {
            call.answer(notDone);
        } else {
            call.giveUp(Problems.of("index " + definition.name(), failed));
        }
    }

    /** The table as it is now, if it is another than a call has found; null if it is the same, or of no use. */
    private @Nullable Opened again(Opened open) {
        try (Pools.Lease lease = open.pools().forReads()) {
            Connection connection = lease.connection();
            String difference = difference(open.pools(), open.table(), connection);
            connection.rollback();
            Opened now = opened;
            return difference == null || now == null || now.table().equals(open.table()) ? null : now;
        } catch (SQLException e) {
            return null; // the first failure says more
        }
    }

    private static <T> T within(Pools.Lease lease, Opened open, LongSupplier left, Work<T> work) throws SQLException {
        long millis = left.getAsLong() / 1_000_000;
        long socket = Math.max(LEAST_SOCKET_MILLIS, millis - millis / 10);
        lease.connection().setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, socket));
        try {
            return work.on(open, lease, left);
        } catch (SQLException e) {
            lease.endIfLost(e);
            throw e;
        }
    }

    @Override
    public void close() {
        Pools open;
        synchronized (this) {
            closed = true;
            opened = null;
            open = pools;
            pools = null;
        }
        if (open != null) {
            open.close();
        }
    }

    /** What a call does with its connection. */
    @FunctionalInterface
    private interface Work<T> {
        T on(Opened open, Pools.Lease lease, LongSupplier left) throws SQLException;

        /** The answer if a failure means that nothing is done and nothing will be; null if the call fails by it. */
        default @Nullable T notDone(SQLException failed) {
            return null;
        }
    }

    /** What a read does. */
    @FunctionalInterface
    private interface Read<T> {
        T from(Opened open, Connection connection) throws SQLException;
    }
}
