package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ContentHashTest {
    private static final Key KEY = Key.of("1");

    private static WriteOp upsert(
            Key key,
            @Nullable String text,
            List<NamedVector> vectors,
            Map<String, Value> metadata,
            @Nullable Stamp stamp) {
        return new WriteOp.Upsert(new Document(key, text, vectors, metadata, stamp));
    }

    private static NamedVector vector(String field, String space, float... values) {
        return new NamedVector(field, space, Embedding.of(values));
    }

    private static WriteOp patch(MetadataPatch patch) {
        return new WriteOp.UpdateMetadata(KEY, patch);
    }

    private static Matching matching(String namespace, Filter filter, Optional<Long> expected) {
        return new Matching(namespace, filter, expected);
    }

    private static Filter equal(String key, String value) {
        return new Filter.Comparison(key, Filter.Operator.EQ, List.of(Value.of(value)));
    }

    @Test
    void callsThatDiffer_haveDifferentHashes() {
        Map<String, Value> some = Map.of("a", Value.of("Aa"), "b", Value.of(1));
        Stream<Long> writes = Stream.<List<WriteOp>>of(
                        List.of(),
                        List.of(new WriteOp.Delete(KEY)),
                        List.of(new WriteOp.Delete(Key.of("2"))),
                        List.of(new WriteOp.Delete(new Key("1", ""))),
                        List.of(new WriteOp.Delete(KEY), new WriteOp.Delete(Key.of("2"))),
                        List.of(new WriteOp.Delete(Key.of("2")), new WriteOp.Delete(KEY)),
                        List.of(upsert(KEY, null, List.of(), Map.of(), null)),
                        List.of(upsert(KEY, "", List.of(), Map.of(), null)),
                        List.of(upsert(KEY, "Aa", List.of(), Map.of(), null)),
                        List.of(upsert(KEY, "BB", List.of(), Map.of(), null)),
                        List.of(upsert(KEY, "12345678", List.of(), Map.of(), null)),
                        List.of(upsert(KEY, "12345678\0", List.of(), Map.of(), null)),
                        List.of(upsert(KEY, null, List.of(), some, null)),
                        List.of(upsert(KEY, null, List.of(), Map.of("a", Value.of("BB"), "b", Value.of(1)), null)),
                        List.of(upsert(KEY, null, List.of(), Map.of("b", Value.of("Aa"), "a", Value.of(1)), null)),
                        List.of(upsert(KEY, null, List.of(), Map.of("b", Value.of("Aa"), "a", Value.of(1.0)), null)),
                        List.of(upsert(KEY, null, List.of(), Map.of("a", new Value.Null()), null)),
                        List.of(upsert(KEY, null, List.of(), Map.of("a", Value.of(true)), null)),
                        List.of(upsert(KEY, null, List.of(), Map.of("a", new Value.Items(List.of())), null)),
                        List.of(upsert(KEY, null, List.of(), Map.of("a", new Value.Fields(Map.of())), null)),
                        List.of(upsert(KEY, null, List.of(), Map.of("a", new Value.Fields(some)), null)),
                        List.of(upsert(KEY, null, List.of(vector("", "s", 1, 2)), Map.of(), null)),
                        List.of(upsert(KEY, null, List.of(vector("", "s", 2, 1)), Map.of(), null)),
                        List.of(upsert(KEY, null, List.of(vector("", "s", 1, 2, 0)), Map.of(), null)),
                        List.of(upsert(KEY, null, List.of(vector("s", "", 1, 2)), Map.of(), null)),
                        List.of(upsert(KEY, null, List.of(), Map.of(), new Stamp(1, Map.of()))),
                        List.of(upsert(KEY, null, List.of(), Map.of(), new Stamp(1, Map.of("", "x")))),
                        List.of(upsert(KEY, null, List.of(), Map.of(), new Stamp(1, Map.of("", "x"), Map.of("", 1L)))),
                        List.of(new WriteOp.UpdateVectors(KEY, List.of(vector("", "s", 1, 2)), null)),
                        List.of(new WriteOp.UpdateVectors(KEY, List.of(vector("", "s", 1, 2)), "t1", null)),
                        List.of(patch(MetadataPatch.set(some))),
                        List.of(patch(MetadataPatch.replaceWith(some))),
                        List.of(patch(new MetadataPatch(Map.of(), List.of("a"), false))),
                        List.of(patch(new MetadataPatch(Map.of(), List.of("a", "b"), false))))
                .map(ContentHash::of);
        MetadataPatch patch = MetadataPatch.set(some);
        Filter one = equal("a", "x");
        Filter other = equal("a", "y");
        Stream<Long> filtered = Stream.of(
                ContentHash.of(matching("", one, Optional.empty()), null),
                ContentHash.of(matching("n", one, Optional.empty()), null),
                ContentHash.of(matching("", one, Optional.of(1L)), null),
                ContentHash.of(matching("", one, Optional.empty()), patch),
                ContentHash.of(matching("", one, Optional.empty()), MetadataPatch.NONE),
                ContentHash.of(matching("", new Filter.Not(one), Optional.empty()), null),
                ContentHash.of(matching("", new Filter.And(List.of(one, other)), Optional.empty()), null),
                ContentHash.of(matching("", new Filter.Or(List.of(one, other)), Optional.empty()), null),
                ContentHash.of(matching("", new Filter.Or(List.of(other, one)), Optional.empty()), null),
                ContentHash.of(matching("", new Filter.IdIn(Set.of("a", "b")), Optional.empty()), null),
                ContentHash.of(matching("", new Filter.IdIn(Set.of("a")), Optional.empty()), null));
        assertThat(Stream.concat(writes, filtered)).doesNotHaveDuplicates();
    }

    @Test
    void equalCalls_haveEqualHashes_inWhateverOrderTheirMapsAre() {
        Map<String, Value> forward = new LinkedHashMap<>();
        Map<String, Value> backward = new LinkedHashMap<>();
        IntStream.range(0, 50).forEach(i -> forward.put("k" + i, Value.of(i)));
        IntStream.range(0, 50).forEach(i -> backward.put("k" + (49 - i), Value.of(49 - i)));
        assertThat(ContentHash.of(List.of(upsert(KEY, "t", List.of(vector("", "s", 1)), forward, null))))
                .isEqualTo(ContentHash.of(List.of(upsert(KEY, "t", List.of(vector("", "s", 1)), backward, null))));
    }
}
