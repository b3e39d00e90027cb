package io.crossfade.proxy.kit.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks what every control store has to do. Its test extends this with its provider and options, and nothing else. */
@Timeout(300)
public abstract class ControlStoreConformanceTest extends RecordConformance {
    private static final int WRITERS = 4;
    private static final int WRITES = 400;
    private static final int ROUNDS = 10;
    private static final int MOST_HINTS_LOST = 20;

    protected ControlStoreConformanceTest(ControlStoreProvider provider, Map<String, Object> options) {
        super(provider, options);
    }

    /** Whether records outlast the handle that they were written with; if not, a new one begins with none. */
    protected boolean isDurable() {
        return true;
    }

    /** Opens as many handles as several sidecars would have. */
    private List<ControlStore> handles() throws IOException {
        return store.isShared() ? List.of(store, open()) : List.of(store);
    }

    /** Lets each writer read, and write over what it has read, or over what it had read before that. */
    @Test
    void writersAtTheSameTime_areLinearizable() throws Exception {
        RecordHistory history = new RecordHistory();
        List<ControlStore> handles = handles();
        together(writer -> {
            ControlStore handle = handles.get(writer % handles.size());
            Revision before = Revision.ABSENT;
            for (int i = 0; i < WRITES; i++) {
                Revision now = read(handle, history);
                write(handle, history, i % 5 == 0 ? before : now, writer + "/" + i);
                before = now;
            }
        });

        assertThat(history.violations()).isEmpty();
        assertThat(history.changes()).as("changes").isGreaterThan(WRITES / 2);
        assertThat(history.conflicts()).as("conflicts").isPositive();
    }

    private static Revision read(ControlStore handle, RecordHistory history) {
        long began = history.begin();
        Optional<Versioned> found = answer(handle.read("a"));
        history.read(began, found);
        return found.map(Versioned::revision).orElse(Revision.ABSENT);
    }

    private static void write(ControlStore handle, RecordHistory history, Revision expected, String value) {
        long began = history.begin();
        history.wrote(began, expected, value, answer(handle.compareAndSet("a", expected, value.getBytes(UTF_8))));
    }

    @Test
    void ofSeveralWhoMakeARecord_orDeleteIt_oneHasDoneIt() throws Exception {
        List<ControlStore> handles = handles();
        for (int round = 0; round < ROUNDS; round++) {
            Queue<Change> made = new ConcurrentLinkedQueue<>();
            together(writer -> made.add(answer(handles.get(writer % handles.size())
                    .compareAndSet("a", Revision.ABSENT, new byte[] {(byte) writer}))));
            assertThat(made)
                    .hasSize(WRITERS)
                    .filteredOn(Change.Done.class::isInstance)
                    .hasSize(1);

            Revision revision = read("a").orElseThrow().revision();
            Queue<Change> deleted = new ConcurrentLinkedQueue<>();
            together(writer ->
                    deleted.add(answer(handles.get(writer % handles.size()).delete("a", revision))));
            assertThat(deleted)
                    .hasSize(WRITERS)
                    .filteredOn(Change.Done.class::isInstance)
                    .hasSize(1);
        }
    }

    private static void together(IntConsumer work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        CyclicBarrier all = new CyclicBarrier(WRITERS);
        try {
            List<Callable<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add(() -> {
                    all.await();
                    work.accept(writer);
                    return null;
                });
            }
            for (Future<Void> each : threads.invokeAll(writers)) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** A change that can be made several times: it makes that of a number, and says which record it is of. */
    @FunctionalInterface
    private interface NumberedChange {
        String make(int number);
    }

    @Test
    void watch_hearsOfWhatIsMadeAndWrittenAndDeleted() throws Exception {
        Revision[] written = {make("w.written", "one")};
        List<Revision> deleted = new ArrayList<>();
        for (int i = 0; i < MOST_HINTS_LOST; i++) {
            deleted.add(make("w.deleted" + i, "one"));
        }
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        store.watch("w.", heard::add);

        assertHeard(heard, i -> {
            make("w.made" + i, "one");
            return "w.made" + i;
        });
        assertHeard(heard, i -> {
            written[0] = done(set("w.written", written[0], "two"));
            return "w.written";
        });
        assertHeard(heard, i -> {
            done(delete("w.deleted" + i, deleted.get(i)));
            return "w.deleted" + i;
        });
    }

    @Test
    void watch_hearsOfNothingElse_andOfNothingWhenItIsStopped() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        BlockingQueue<String> others = new LinkedBlockingQueue<>();
        BlockingQueue<String> stopped = new LinkedBlockingQueue<>();
        store.watch("w.x", others::add);
        ControlStore.Watch watch = store.watch("w.", stopped::add);
        store.watch("", heard::add);
        watch.stop();
        watch.stop();

        assertHeard(heard, i -> {
            make("w." + i, "one");
            return "w." + i;
        });
        assertThat(others).isEmpty();
        assertThat(stopped).isEmpty();
    }

    @Test
    void watchThatThrows_keepsNobodyFromHearing() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        store.watch("w.", name -> {
            throw new IllegalStateException("a listener throws, as this test wants it");
        });
        store.watch("w.", heard::add);

        assertHeard(heard, i -> {
            make("w." + i, "one");
            return "w." + i;
        });
    }

    /** Changes the record until a hint comes: one may be lost, but not every one. */
    private static void assertHeard(BlockingQueue<String> heard, NumberedChange change) throws InterruptedException {
        for (int i = 0; i < MOST_HINTS_LOST; i++) {
            String name = change.make(i);
            String hint = heard.poll(1, TimeUnit.SECONDS);
            while (hint != null && !hint.equals(name)) {
                hint = heard.poll(1, TimeUnit.SECONDS);
            }
            if (hint != null) {
                return;
            }
        }
        throw new AssertionError("no hint (expected: one at least, of " + MOST_HINTS_LOST + " changes)");
    }

    @Test
    void heardAt_isTheBeginOfTheLastCallThatWasAnswered() {
        long before = time.nanos();
        CompletableFuture<Optional<Versioned>> call = store.read("a");
        long between = time.nanos();
        answer(call);
        assertThat(store.heardAt().orElseThrow()).isBetween(before, between);

        make("a", "one");
        assertThat(store.heardAt().orElseThrow()).isBetween(between, time.nanos());

        long last = store.heardAt().orElseThrow();
        store.close();
        assertThatThrownBy(() -> read("a")).hasCauseInstanceOf(ControlException.class);
        assertThat(store.heardAt()).hasValue(last);
    }

    @Test
    void closed_refusesCalls_andGivesNoHints() throws IOException {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        store.watch("", heard::add);
        store.close();
        store.close();

        assertThatThrownBy(() -> read("a")).hasCauseInstanceOf(ControlException.class);
        assertThatThrownBy(() -> make("a", "one")).hasCauseInstanceOf(ControlException.class);
        assertThatThrownBy(() -> delete("a", new Revision("1"))).hasCauseInstanceOf(ControlException.class);
        assertThatThrownBy(() -> answer(store.list(""))).hasCauseInstanceOf(ControlException.class);
        store = open();
        make("a", "one");
        assertThat(heard).isEmpty();
    }

    @Test
    void openedAnew_allIsAsItWas() throws IOException {
        Map<String, Revision> made = new TreeMap<>();
        for (int i = 0; i < 5; i++) {
            made.put("a" + i, make("a" + i, "a" + i));
        }
        Revision deleted = make("b", "one");
        done(delete("b", deleted));
        store.close();
        store = open();

        if (isDurable()) {
            assertThat(answer(store.list(""))).containsOnlyKeys(made.keySet());
            made.forEach((name, revision) -> assertStands(name, revision, name));
            assertThat(make("b", "one")).isNotEqualTo(deleted);
            assertThat(done(set("a0", requireNonNull(made.get("a0")), "two"))).isNotIn(made.values());
        } else {
            assertThat(answer(store.list(""))).isEmpty();
        }
    }

    /** Accepts that the second handle of a store that is not shared is refused, or is one on another store. */
    @Test
    void secondHandle_sharesTheStore_orDoesItNoHarm() throws IOException {
        Revision revision = make("a", "one");

        if (store.isShared()) {
            assertThat(answer(open().read("a")))
                    .hasValueSatisfying(found -> assertThat(found.revision()).isEqualTo(revision));
        } else if (isDurable()) {
            assertThatIOException().isThrownBy(this::open).withMessageContaining("in use (expected: ");
        } else {
            assertThat(answer(open().read("a"))).isEmpty();
        }
        assertStands("a", revision, "one");
    }

    @Test
    void unknownOption_isRefused() {
        Map<String, Object> options = new TreeMap<>(definition().options());
        options.put("nobody_knows", "1");

        assertThatThrownBy(() -> provider.check(definition(options)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("control.nobody_knows: unknown (expected: ");
        provider.check(definition());
    }
}
