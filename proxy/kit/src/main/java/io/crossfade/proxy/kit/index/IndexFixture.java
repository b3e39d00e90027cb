package io.crossfade.proxy.kit.index;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.Stored;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.kit.report.ConformanceReport;
import io.crossfade.proxy.kit.report.Excuse;
import io.crossfade.proxy.kit.report.Reported;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** An open index with a default and a second vector field, and short words for what tests do with it. */
@ExtendWith(ConformanceReport.class)
public abstract class IndexFixture implements Reported {
    public static final Duration TIMEOUT = Duration.ofSeconds(60);
    public static final int DIMENSIONS = 8;
    public static final Space COSINE = space("cosine", DIMENSIONS, Space.Metric.COSINE);
    public static final Space TITLE = space("title", 4, Space.Metric.L2);
    public static final IndexDefinition DEFINITION = definition("documents", Map.of("", COSINE, "title", TITLE));

    protected final SystemTime time = new SystemTime();
    protected VectorIndex index;

    private final Set<Excuse> excuses = ConcurrentHashMap.newKeySet();

    /**
     * Makes a connection, not open yet, to the index of this name: a new index if the test has not used the name
     * before, else what the earlier connections left.
     */
    protected abstract VectorIndex connect(IndexDefinition definition);

    /**
     * Whether keys, texts and metadata may hold the character U+0000. Where not, a document with one is rejected, which is tested in
     * the place of all that is tested of such documents.
     */
    protected boolean holdsNul() {
        return true;
    }

    /** Whether stamps are the index's own. Where not, taking them away is rejected, and changes nothing. */
    protected boolean keepsStamps() {
        return true;
    }

    /** {@link #holdsNul}, asked by a test that is about something else. */
    final boolean isNulAsked() {
        if (!holdsNul()) {
            excused(
                    "holdsNul: false",
                    "the same without U+0000; that a document with one is rejected is a test of its own");
        }
        return holdsNul();
    }

    /** The text, or what is left of it where it cannot hold U+0000. */
    protected String held(String text) {
        return text.indexOf(0) < 0 || isNulAsked() ? text : text.replace("\u0000", "");
    }

    /**
     * What the engine says of its version, for the report; "" where it has none of its own. Asked once, while the index is
     * open.
     */
    @Override
    public String serverVersion() {
        return "";
    }

    /** Whether it is not the engine itself that is tested, but something in its place. */
    @Override
    public boolean isTestDouble() {
        return false;
    }

    /** The name of the report: the last part of the package's name. */
    @Override
    public String reportName() {
        return ConformanceReport.packageName(getClass());
    }

    @Override
    public final Collection<Excuse> excuses() {
        return List.copyOf(excuses);
    }

    /**
     * Says, for the report, that this test asks less of an engine of this trait.
     *
     * @param asserted what it asks in the place of what it does not
     */
    protected final void excused(String trait, String asserted) {
        excuses.add(new Excuse(trait, asserted));
    }

    @BeforeEach
    final void openIndex() {
        index = open(DEFINITION);
    }

    @AfterEach
    final void closeIndex() {
        index.close();
        time.close();
    }

    protected VectorIndex open(IndexDefinition definition) {
        VectorIndex opened = connect(definition);
        opened.create().join();
        return opened;
    }

    public static IndexDefinition definition(String name, Map<String, Space> vectors) {
        return new IndexDefinition(name, "", vectors, TextSource.OWN, Map.of());
    }

    public static Space space(String name, int dimensions, Space.Metric metric) {
        return new Space(name, "model-" + name, "", dimensions, metric, false, "", "", 0);
    }

    protected List<Outcome> write(IndexWrite... writes) {
        return index.write(List.of(writes), TIMEOUT).join();
    }

    protected void put(StoredDocument... documents) {
        List<IndexWrite> writes = new ArrayList<>();
        for (StoredDocument document : documents) {
            writes.add(new IndexWrite.Put(document));
        }
        assertThat(index.write(writes, TIMEOUT).join()).containsOnly(Outcome.APPLIED);
    }

    protected void remove(String id) {
        assertThat(write(new IndexWrite.Remove(Key.of(id)))).containsExactly(Outcome.APPLIED);
    }

    protected @Nullable StoredDocument fetch(Key key, Projection wanted) {
        return index.fetch(List.of(key), wanted, TIMEOUT).join().get(key);
    }

    protected @Nullable StoredDocument fetch(String id) {
        return fetch(Key.of(id), Projection.ALL);
    }

    protected List<Hit> query(VectorQuery query) {
        return index.query(query, TIMEOUT).join();
    }

    public static VectorQuery nearest(Embedding vector, int topK) {
        return nearest("", vector, topK, 0, null, Double.NEGATIVE_INFINITY);
    }

    public static VectorQuery nearest(
            String namespace, Embedding vector, int topK, int offset, @Nullable Filter filter, double minScore) {
        return new VectorQuery(namespace, "", vector, topK, offset, filter, minScore, Projection.STAMP, Map.of());
    }

    /** That it is the document that was written, its vectors as the index says that it keeps them. */
    protected void assertStands(@Nullable StoredDocument actual, StoredDocument expected) {
        StoredDocument stands = requireNonNull(actual, "document");
        assertThat(withoutVectors(stands)).isEqualTo(withoutVectors(expected));
        assertStand(stands.vectors(), expected.vectors());
    }

    private static StoredDocument withoutVectors(StoredDocument document) {
        return new StoredDocument(document.key(), document.stamp(), document.text(), document.metadata(), Map.of());
    }

    /** That they are the vectors that were written to {@link #DEFINITION}, as the index says that it keeps them. */
    protected void assertStand(Map<String, Embedding> actual, Map<String, Embedding> expected) {
        Stored stored = index.capabilities().stored();
        Map<String, Embedding> standing = new HashMap<>();
        expected.forEach((field, vector) -> standing.put(
                field, stored.of(requireNonNull(DEFINITION.vectors().get(field)), vector)));
        if (!standing.equals(expected)) {
            excused("stored: " + stored, "what is read back is to the bit what the trait makes of the vector");
        }
        assertThat(actual).isEqualTo(standing);
    }

    protected long count(@Nullable Filter filter) {
        return index.count(filter, TIMEOUT).join();
    }

    public static List<String> ids(List<Hit> hits) {
        return hits.stream().map(hit -> hit.document().key().id()).toList();
    }

    public static Filter compare(String key, Filter.Operator operator, Value... values) {
        return new Filter.Comparison(key, operator, List.of(values));
    }

    public static Filter equal(String key, Value value) {
        return compare(key, Filter.Operator.EQ, value);
    }

    public static StoredDocument document(String id, Map<String, Value> metadata, Embedding vector) {
        return document(Key.of(id), metadata, vector);
    }

    public static StoredDocument document(Key key, Map<String, Value> metadata, Embedding vector) {
        return new StoredDocument(
                key, new Stamp(1, Map.of("", "space:source")), "text of " + key, metadata, Map.of("", vector));
    }

    public static Embedding vector(Random random, int dimensions) {
        float[] values = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Embedding.of(values);
    }

    public static Embedding vector(long seed) {
        return vector(new Random(seed), DIMENSIONS);
    }

    public static Embedding scaled(Embedding vector, float factor) {
        float[] values = vector.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Embedding.of(values);
    }
}
