package io.crossfade.proxy.driver.qdrant;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Key;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PointIdsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"0", "7", "9223372036854775808", "18446744073709551615", "550e8400-e29b-41d4-a716-446655440000"})
    void canonicalNumbersAndUuids_keepTheirIdentity(String id) {
        PointId point = PointIds.of(Key.of(id));

        assertThat(PointIds.text(point)).isEqualTo(id);
        assertThat(PointIds.isHashed(Key.of(id))).isFalse();
        assertThat(PointIds.key(point, Map.of())).isEqualTo(Key.of(id));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "007",
                "+7",
                "-1",
                "7.0",
                "18446744073709551616",
                "٧",
                "550E8400-E29B-41D4-A716-446655440000",
                "550e8400e29b41d4a716446655440000",
                "urn:uuid:550e8400-e29b-41d4-a716-446655440000",
                "article 7"
            })
    void everyOtherId_isHashedAndKept(String id) {
        Key key = Key.of(id);
        PointId point = PointIds.of(key);

        assertThat(PointIds.isHashed(key)).isTrue();
        assertThat(point.getUuid()).matches("[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(PointIds.key(point, kept(key))).isEqualTo(key);
    }

    /** As Qdrant's own migration tool and other writers of UUIDs in the namespace of URLs have it. */
    @Test
    void hash_isTheOneThatOthersMake() {
        assertThat(PointIds.of(Key.of("article 7")).getUuid()).isEqualTo("ea0469ac-0357-58d8-9f3a-b7fcf3ef895c");
    }

    @Test
    void namespaces_keepEqualIdsApart_howeverTheyAreCut() {
        List<Key> keys = List.of(
                new Key("", "7"),
                new Key("a", "7"),
                new Key("a7", ""),
                new Key("", "a7"),
                new Key("", "a\u00007"),
                new Key("a\u0000", "7"),
                new Key("a", "\u00007"));
        Set<PointId> points = new HashSet<>();
        for (Key key : keys) {
            points.add(PointIds.of(key));
            assertThat(PointIds.key(PointIds.of(key), kept(key))).isEqualTo(key);
        }
        assertThat(points).hasSize(keys.size());
    }

    @Test
    void anIdThatSomebodyElseKept_countsOnlyIfThePointIsMadeOfIt() {
        PointId seven = PointIds.of(Key.of("7"));

        assertThat(PointIds.key(seven, Map.of("__id__", Values.of("8")))).isEqualTo(Key.of("7"));
        assertThat(PointIds.key(seven, Map.of("__id__", Values.of(8)))).isEqualTo(Key.of("7"));
        PointId hashed = PointIds.of(Key.of("x"));
        assertThat(PointIds.key(hashed, Map.of("__id__", Values.of("y")))).isEqualTo(Key.of(hashed.getUuid()));
    }

    private static Map<String, Value> kept(Key key) {
        Map<String, Value> payload = new HashMap<>();
        payload.put(PayloadKeys.ID, Values.of(key.id()));
        if (!key.namespace().isEmpty()) {
            payload.put(PayloadKeys.NAMESPACE, Values.of(key.namespace()));
        }
        return payload;
    }
}
