package io.crossfade.proxy.kit.index;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The tests of what every driver must do. A driver's test class extends this one, unchanged, and says how to connect.
 */
public abstract class VectorIndexConformanceTest extends QueryConformance {
    @Test
    void scan_returnsEveryDocumentOnce() {
        putNumbered(0, 137);

        assertThat(numbers(Scans.all(index, null, null, 10))).containsExactlyElementsOf(range(0, 137));
        assertThat(Scans.all(index, null, null, 1000)).hasSize(137);
    }

    @Test
    void scan_goesOnFromItsCursor_onAnotherConnectionToo() {
        putNumbered(0, 50);
        ScanPage first = index.scan(scan("", 20), TIMEOUT).join();
        index.close();
        index = open(DEFINITION);
        ScanPage rest = index.scan(scan(first.cursor(), 1000), TIMEOUT).join();

        List<StoredDocument> both = new ArrayList<>(first.documents());
        both.addAll(rest.documents());
        assertThat(first.documents()).hasSize(20);
        assertThat(rest.isLast()).isTrue();
        assertThat(numbers(both)).containsExactlyElementsOf(range(0, 50));
    }

    private static ScanQuery scan(String cursor, int limit) {
        return new ScanQuery(cursor, null, null, Projection.ALL, limit);
    }

    @Test
    void scan_ofANamespaceLeavesOutTheOthers() {
        List<String> namespaces = List.of("", "a", isNulAsked() ? "a\u0000" : "a ", "ab");
        for (String namespace : namespaces) {
            for (int i = 0; i < 10; i++) {
                put(document(new Key(namespace, "id" + i), Map.of("n", Value.of(i)), vector(i)));
            }
        }

        for (String namespace : namespaces) {
            List<StoredDocument> part = Scans.all(index, namespace, null, 3);
            assertThat(numbers(part)).containsExactlyElementsOf(range(0, 10));
            assertThat(part).allMatch(document -> document.key().namespace().equals(namespace));
        }
        assertThat(Scans.all(index, "b", null, 3)).isEmpty();
    }

    @Test
    void scan_duringWrites_returnsWhatExistsThroughoutOnce() {
        putNumbered(0, 300);
        AtomicBoolean done = new AtomicBoolean();
        // A thread of its own: the common pool may have one thread only, and the index under test may need it.
        CompletableFuture<Void> writer =
                CompletableFuture.runAsync(() -> churn(done), task -> new Thread(task, "churn").start());
        try {
            for (int i = 0; i < 10; i++) {
                List<Long> seen = numbers(Scans.all(index, null, null, 17));
                assertThat(seen).doesNotHaveDuplicates().containsAll(range(0, 300));
            }
        } finally {
            done.set(true);
            writer.join();
        }
    }

    /** Changes documents that stay, and makes others come and go. */
    private void churn(AtomicBoolean done) {
        for (int i = 0; !done.get(); i = (i + 1) % 300) {
            put(numbered(i), numbered(1000 + i));
            write(new IndexWrite.Remove(numbered(1000 + (i + 150) % 300).key()));
        }
    }

    @Test
    void scan_pagesEndNearOneMebibyte() {
        for (int i = 0; i < 12; i++) {
            String text = "x".repeat(256 * 1024);
            put(new StoredDocument(Key.of("id" + i), Stamp.NONE, text, Map.of("n", Value.of(i)), Map.of()));
        }

        ScanPage first = index.scan(scan("", 1000), TIMEOUT).join();
        assertThat(first.documents()).hasSizeBetween(1, 8);
        assertThat(numbers(Scans.all(index, null, null, 1000))).containsExactlyElementsOf(range(0, 12));
    }

    @Test
    void scan_ofAMadeUpCursor_isInvalid() {
        assertThatThrownBy(
                        () -> index.scan(scan("*** no cursor ***", 5), TIMEOUT).join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.INVALID));
    }

    @Test
    void attributes_areKeptReplacedAndRemoved() {
        index.setAttribute("epoch", "7", TIMEOUT).join();
        index.setAttribute("role", "primary", TIMEOUT).join();
        index.setAttribute("epoch", "8", TIMEOUT).join();
        index.setAttribute("role", "", TIMEOUT).join();

        index.close();
        index = open(DEFINITION);
        assertThat(index.attributes(TIMEOUT).join()).isEqualTo(Map.of("epoch", "8"));
        assertThat(count(null)).isZero();
    }

    /**
     * The follower's write goes on when the application has its answer, and with it the context of its call has ended.
     */
    @Test
    void contextOfTheCallerIsOver_callsGoThrough() throws Exception {
        Context.CancellableContext over = Context.current().withCancellation();
        over.cancel(null);

        assertThat(over.call(() -> index.count(null, TIMEOUT)).join()).isZero();
        over.run(() -> putNumbered(0, 2));

        assertThat(count(null)).isEqualTo(2);
    }

    @Test
    void attributeThatWasSet_isReadAtOnce() {
        for (int i = 0; i < 50; i++) {
            index.setAttribute("probe", "v" + i, TIMEOUT).join();
            assertThat(index.attributes(TIMEOUT).join()).containsEntry("probe", "v" + i);
        }
    }

    /** Whoever plans with an index that is away has nothing else to go by. */
    @Test
    void capabilities_areKnownOnceItIsOpen_andThoseThatMatterBeforeAreTheSame() {
        VectorIndex closed = connect(DEFINITION);
        Capabilities before = closed.capabilities();
        Capabilities after = index.capabilities();
        closed.close();

        assertThat(after.known()).isTrue();
        assertThat(before.unknownSettle()).isEqualTo(after.unknownSettle());
        assertThat(before.embedded()).isEqualTo(after.embedded());
    }

    /** Whether an index may be missing until somebody asks for it to be made. False where the other side makes them. */
    protected boolean canBeMissing() {
        return true;
    }

    /** What is misspelt must not become an empty index. */
    @Test
    void open_makesNothing_andCreateDoes() {
        VectorIndex absent = connect(definition("absent", Map.of("", COSINE)));
        if (canBeMissing()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> absent.open().join())
                        .cause()
                        .isInstanceOfSatisfying(
                                IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.MISSING));
            }
            absent.create().join();
        } else {
            excused("canBeMissing: false", "one that is not there opens, and is empty");
            absent.open().join();
        }
        absent.create().join();
        assertThat(absent.count(null, TIMEOUT).join()).isZero();
        absent.close();
    }

    @Test
    void open_again_keepsEverything() {
        putNumbered(0, 20);
        index.open().join();
        assertThat(count(null)).isEqualTo(20);

        index.close();
        index = open(DEFINITION);
        assertThat(count(null)).isEqualTo(20);
        assertThat(ids(query(nearest(vector(3), 1)))).containsExactly("id3");
    }

    @Test
    void open_withAnotherSchema_namesBoth() {
        index.close();
        Space other = space("other", 12, Space.Metric.DOT);
        VectorIndex mismatched = connect(definition(DEFINITION.name(), Map.of("", other, "title", TITLE)));

        assertThatThrownBy(() -> mismatched.open().join()).cause().isInstanceOfSatisfying(IndexException.class, e -> {
            assertThat(e.kind()).isEqualTo(IndexException.Kind.MISMATCH);
            assertThat(e).hasMessageContaining("8").hasMessageContaining("12");
        });
        mismatched.close();
    }

    @Test
    void writeAndReadAfterClose_fail() {
        index.close();

        assertThat(write(new IndexWrite.Put(document("id", Map.of(), vector(1)))))
                .singleElement()
                .isInstanceOf(Outcome.Failed.class);
        assertThatThrownBy(() -> count(null)).cause().isInstanceOf(IndexException.class);
    }

    private void putNumbered(int from, int to) {
        put(IntStream.range(from, to)
                .mapToObj(VectorIndexConformanceTest::numbered)
                .toArray(StoredDocument[]::new));
    }

    private static StoredDocument numbered(int i) {
        return document("id" + i, Map.of("n", Value.of(i)), vector(i));
    }

    private static List<Long> numbers(List<StoredDocument> documents) {
        return documents.stream()
                .map(document ->
                        ((Value.Int64) requireNonNull(document.metadata().get("n"))).value())
                .sorted()
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
