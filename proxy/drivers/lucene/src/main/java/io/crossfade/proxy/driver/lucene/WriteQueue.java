package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Space;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Write calls on their way to the one thread that applies them, several calls at a time. Lossless: a call that finds
 * the queue full, or ended, is answered {@code Failed}. The state is owned by that thread.
 */
final class WriteQueue implements Runnable {
    private static final int CAPACITY = 4096;
    private static final int MOST_CALLS = 64;

    private final HandOff<Call> queue = new HandOff<>(CAPACITY);
    private final Store store;
    private final Map<String, Space> fields;
    private final Indexer indexer;
    private final Runnable onTrouble;
    private volatile StoreState state;
    private volatile @Nullable String trouble;

    /**
     * @param onTrouble told when the disk refuses a write
     */
    WriteQueue(Store store, Map<String, Space> fields, Indexer indexer, StoreState state, Runnable onTrouble) {
        this.store = store;
        this.fields = fields;
        this.indexer = indexer;
        this.state = state;
        this.onTrouble = onTrouble;
    }

    /** Why the last write was refused by the disk; null if it was not. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** The disk takes writes again. */
    void recovered() {
        trouble = null;
    }

    void add(List<IndexWrite> writes, TimedCall<List<Outcome>> call) {
        if (!queue.offer(new Call(writes, call))) {
            call.giveUp(new IndexException(
                    IndexException.Kind.EXHAUSTED, "write: refused (expected: an open index with room in its queue)"));
        }
    }

    /** The number of documents. */
    long count() {
        return state.count();
    }

    /** Ends, after the calls that are queued. */
    void end() {
        queue.end();
    }

    @Override
    public void run() {
        try {
            List<Call> calls = queue.take(MOST_CALLS);
            while (!calls.isEmpty() || !queue.isEnded()) {
                indexer.awaitRoom();
                apply(calls.stream().filter(call -> call.answer().begin()).toList());
                calls = queue.take(MOST_CALLS);
            }
        } catch (InterruptedException e) {
            queue.end();
            Thread.currentThread().interrupt();
        }
    }

    private void apply(List<Call> calls) {
        List<List<Outcome>> outcomes = new ArrayList<>();
        try (WriteGroup group = new WriteGroup(store, fields, state)) {
            indexer.requireHealthy();
            for (Call call : calls) {
                outcomes.add(call.applyTo(group));
            }
            state = group.commit();
            trouble = null;
            indexer.add(group.changes());
        } catch (RocksDBException e) {
            trouble = Store.reason(e);
            onTrouble.run();
            fail(calls, Store.isRefusal(e), Store.reason(e));
            return;
        } catch (RuntimeException e) {
            fail(calls, e instanceof IndexException, String.valueOf(e.getMessage()));
            return;
        }
        for (int i = 0; i < calls.size(); i++) {
            calls.get(i).answer().answer(outcomes.get(i));
        }
    }

    private static void fail(List<Call> calls, boolean refused, String reason) {
        Outcome outcome = refused ? new Outcome.Failed(reason) : new Outcome.Unknown(reason);
        calls.forEach(
                call -> call.answer().answer(Collections.nCopies(call.writes().size(), outcome)));
    }

    private record Call(List<IndexWrite> writes, TimedCall<List<Outcome>> answer) {
        List<Outcome> applyTo(WriteGroup group) throws RocksDBException {
            List<Outcome> outcomes = new ArrayList<>();
            for (IndexWrite write : writes) {
                outcomes.add(group.apply(write));
            }
            return outcomes;
        }
    }
}
