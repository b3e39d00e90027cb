package io.crossfade.proxy.driver.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.kit.fuzz.BytesAsRandom;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.kit.index.PlainFilter;
import io.crossfade.proxy.kit.index.RandomFilters;
import io.crossfade.proxy.kit.memory.MemoryIndexProvider;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A filter finds the same documents in the memory index, in the embedded one, and by its plain meaning. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FilterFuzzTest {
    private static final int DOCUMENTS = 200;
    private static final int SOME = 200;

    @TempDir
    private static Path directory;

    private final SystemTime time = new SystemTime();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private List<StoredDocument> documents;
    private VectorIndex memory;
    private VectorIndex lucene;

    @BeforeAll
    void fill() {
        RandomFilters random = new RandomFilters(20261121);
        documents = IntStream.range(0, DOCUMENTS)
                .mapToObj(i -> IndexFixture.document("id" + i, random.metadata(), IndexFixture.vector(i)))
                .toList();
        VectorIndexProvider.Context context = new VectorIndexProvider.Context(directory, threads, time);
        memory = filled(new MemoryIndexProvider().create(IndexFixture.DEFINITION, context));
        lucene = filled(new LuceneIndexProvider().create(IndexFixture.DEFINITION, context));
    }

    private VectorIndex filled(VectorIndex index) {
        index.create().join();
        List<IndexWrite> writes =
                documents.stream().<IndexWrite>map(IndexWrite.Put::new).toList();
        index.write(writes, IndexFixture.TIMEOUT).join();
        return index;
    }

    @AfterAll
    void close() {
        lucene.close();
        memory.close();
        threads.shutdown();
        time.close();
    }

    @FuzzTest
    void filter(byte[] bytes) {
        RandomFilters random = new RandomFilters(new BytesAsRandom(bytes));
        Filter filter = random.filter(lucene.capabilities().filterOperators());
        Map<String, Value> metadata = random.metadata();
        assertThat(FilterEvaluator.matches(filter, Key.of("id7"), metadata))
                .as("%s of %s", filter, metadata)
                .isEqualTo(PlainFilter.matches(filter, Key.of("id7"), metadata));
        List<String> expected = documents.stream()
                .filter(document -> PlainFilter.matches(filter, document.key(), document.metadata()))
                .map(document -> document.key().id())
                .sorted()
                .toList();
        assertThat(memory.count(filter, IndexFixture.TIMEOUT).join())
                .as("memory: %s", filter)
                .isEqualTo(expected.size());
        assertThat(found(lucene, filter)).as("lucene: %s", filter).isEqualTo(expected);
    }

    private static List<String> found(VectorIndex index, Filter filter) {
        VectorQuery all =
                IndexFixture.nearest("", IndexFixture.vector(5), DOCUMENTS, 0, filter, Double.NEGATIVE_INFINITY);
        return IndexFixture.ids(index.query(all, IndexFixture.TIMEOUT).join()).stream()
                .sorted()
                .toList();
    }

    @Test
    void someInputs() {
        Random random = new Random(20261121);
        for (int i = 0; i < SOME; i++) {
            byte[] bytes = new byte[64];
            random.nextBytes(bytes);
            filter(bytes);
        }
    }
}
