package io.crossfade.proxy.migration.state;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.crossfade.proxy.control.ControlStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** One typed record in the control store, as JSON. */
public final class StateRecord<T> {
    private static final int MOST_TRIES = 100;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new ParameterNamesModule())
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
            .build();

    private final ControlStore store;
    private final String name;
    private final Class<T> type;

    public StateRecord(ControlStore store, String name, Class<T> type) {
        this.store = store;
        this.name = name;
        this.type = type;
    }

    public CompletableFuture<Optional<T>> read() {
        return store.read(name).thenApply(found -> found.map(this::decode));
    }

    /** Whether several sidecars use it. */
    public boolean isShared() {
        return store.isShared();
    }

    public ControlStore.Watch watch(Consumer<T> listener) {
        return store.watch(name, state -> listener.accept(decode(state)));
    }

    /** Applies a change to whatever stands, again if somebody else was first; completes with what stands afterwards. */
    public CompletableFuture<T> update(T ifAbsent, UnaryOperator<T> change) {
        return update(ifAbsent, change, MOST_TRIES);
    }

    private CompletableFuture<T> update(T ifAbsent, UnaryOperator<T> change, int triesLeft) {
        return store.read(name).thenCompose(found -> {
            T before = found.map(this::decode).orElse(ifAbsent);
            T after = change.apply(before);
            if (found.isPresent() && after.equals(before)) {
                return CompletableFuture.completedFuture(after);
            }
            long revision = found.map(ControlStore.Versioned::revision).orElse(0L);
            return store.compareAndSet(name, revision, encode(after)).thenCompose(done -> {
                if (done) {
                    return CompletableFuture.completedFuture(after);
                }
                return triesLeft > 0
                        ? update(ifAbsent, change, triesLeft - 1)
                        : CompletableFuture.failedFuture(
                                new IllegalStateException("control record " + name + " changes all the time"));
            });
        });
    }

    private byte[] encode(T value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private T decode(ControlStore.Versioned state) {
        try {
            return JSON.readValue(state.value(), type);
        } catch (IOException e) {
            throw new UncheckedIOException("control record " + name + " cannot be read", e);
        }
    }
}
