package io.crossfade.proxy.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.memory.MemoryIndex;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** No driver is asked for more at once than it takes. */
final class SplitIndexTest {
    private static final IndexDefinition DEFINITION =
            new IndexDefinition("index", "memory", Map.of(), TextSource.OWN, Map.of());
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @Test
    void moreThanTheDriverTakes_isHandedOnInPiecesAndAnsweredInOrder() {
        Narrow narrow = new Narrow(3);
        VectorIndex index = new SplitIndex(narrow);
        List<IndexWrite> writes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            writes.add(new IndexWrite.Remove(Key.of("k" + i)));
        }
        List<Outcome> outcomes = index.write(writes, TIMEOUT).join();
        assertThat(outcomes)
                .extracting(outcome -> ((Outcome.Rejected) outcome).reason())
                .isEqualTo(names(8));
        assertThat(narrow.sizes).containsExactly(3, 3, 2);
    }

    @Test
    void moreKeysThanTheDriverTakes_areFetchedInPieces() {
        Narrow narrow = new Narrow(100);
        VectorIndex index = new SplitIndex(narrow);
        List<Key> keys = names(256).stream().map(Key::of).toList();
        assertThat(index.fetch(keys, Projection.ALL, TIMEOUT).join()).isEmpty();
        assertThat(narrow.sizes).containsExactly(100, 100, 56);
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i).toList();
    }

    /** Fails if it is asked for more than it takes, and answers each write with its own key. */
    private static final class Narrow extends ForwardingIndex {
        private final List<Integer> sizes = new ArrayList<>();
        private final int most;

        Narrow(int most) {
            super(new MemoryIndex(DEFINITION, new MemoryStore(), Runnable::run, new FakeTime()));
            this.most = most;
        }

        private void count(int size) {
            assertThat(size).isLessThanOrEqualTo(most);
            sizes.add(size);
        }

        @Override
        public Capabilities capabilities() {
            return new Capabilities(
                    index.capabilities().filterOperators(), ParamSupport.NONE, most, Duration.ZERO, false);
        }

        @Override
        public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
            count(writes.size());
            return CompletableFuture.completedFuture(writes.stream()
                    .<Outcome>map(write -> new Outcome.Rejected(write.key().id()))
                    .toList());
        }

        @Override
        public CompletableFuture<Map<Key, StoredDocument>> fetch(
                Collection<Key> keys, Projection wanted, Duration timeout) {
            count(keys.size());
            return CompletableFuture.completedFuture(Map.of());
        }
    }
}
