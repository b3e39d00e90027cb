package io.crossfade.proxy.kit.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.control.StoreDefinition;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An open, empty store, and short words for what tests do with it. */
public abstract class StoreFixture {
    private static final long PATIENCE_SECONDS = 60;

    protected final ControlStoreProvider provider;
    protected final SystemTime time = new SystemTime();
    protected ControlStore store;
    private final Map<String, Object> options;
    private final List<ControlStore> opened = new ArrayList<>();

    @TempDir
    private Path directory;

    /**
     * @param options of a store that is empty in the beginning of each test; a directory that they do not name is the
     *     test's own
     */
    protected StoreFixture(ControlStoreProvider provider, Map<String, Object> options) {
        this.provider = provider;
        this.options = options;
    }

    @BeforeEach
    final void openStore() throws IOException {
        store = open();
    }

    @AfterEach
    final void closeStores() {
        opened.forEach(ControlStore::close);
        time.close();
    }

    /** Opens another handle on the same store. */
    protected ControlStore open() throws IOException {
        ControlStore next = provider.open(definition(), context());
        opened.add(next);
        return next;
    }

    protected StoreDefinition definition() {
        return definition(options);
    }

    protected StoreDefinition definition(Map<String, Object> given) {
        return new StoreDefinition(provider.store(), given);
    }

    private ControlStoreProvider.Context context() {
        return new ControlStoreProvider.Context(directory, ForkJoinPool.commonPool(), time);
    }

    protected static <T> T answer(CompletableFuture<T> call) {
        return call.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    protected Optional<Versioned> read(String name) {
        return answer(store.read(name));
    }

    protected Change set(String name, Revision expected, String value) {
        return answer(store.compareAndSet(name, expected, value.getBytes(UTF_8)));
    }

    protected Change delete(String name, Revision expected) {
        return answer(store.delete(name, expected));
    }

    protected Revision make(String name, String value) {
        return done(set(name, Revision.ABSENT, value));
    }

    protected static Revision done(Change change) {
        assertThat(change).isInstanceOf(Change.Done.class);
        return ((Change.Done) change).revision();
    }

    protected void assertStands(String name, Revision revision, String value) {
        assertThat(read(name)).hasValueSatisfying(found -> {
            assertThat(found.revision()).isEqualTo(revision);
            assertThat(found.value()).asString(UTF_8).isEqualTo(value);
        });
    }
}
