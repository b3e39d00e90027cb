package io.crossfade.proxy.kit.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.Revision;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks what one caller can expect of records. */
public abstract class RecordConformance extends StoreFixture {
    /** More than a store is likely to give in one page. */
    private static final int MANY = 250;

    protected RecordConformance(ControlStoreProvider provider, Map<String, Object> options) {
        super(provider, options);
    }

    @Test
    void absent_isReadAsEmpty() {
        assertThat(read("a")).isEmpty();
    }

    @Test
    void made_isRead() {
        Revision revision = make("a", "one");

        assertThat(revision).isNotEqualTo(Revision.ABSENT);
        assertStands("a", revision, "one");
    }

    @Test
    void presentThoughExpectedAbsent_isAConflict() {
        Revision revision = make("a", "one");

        assertThat(set("a", Revision.ABSENT, "two")).isEqualTo(new Change.Conflict());
        assertStands("a", revision, "one");
    }

    @Test
    void written_hasAnotherRevision_evenIfTheValueIsTheSame() {
        Revision first = make("a", "one");
        Revision second = done(set("a", first, "two"));
        Revision third = done(set("a", second, "two"));

        assertThat(Set.of(Revision.ABSENT, first, second, third)).hasSize(4);
        assertStands("a", third, "two");
    }

    @Test
    void staleRevision_isAConflict() {
        Revision first = make("a", "one");
        Revision second = done(set("a", first, "two"));

        assertThat(set("a", first, "three")).isEqualTo(new Change.Conflict());
        assertThat(delete("a", first)).isEqualTo(new Change.Conflict());
        assertStands("a", second, "two");
    }

    @Test
    void absentThoughExpectedPresent_isAConflict() {
        Revision other = make("a", "one");

        assertThat(set("b", other, "two")).isEqualTo(new Change.Conflict());
        assertThat(delete("b", other)).isEqualTo(new Change.Conflict());
        assertThat(read("b")).isEmpty();
    }

    @Test
    void deleted_isAbsent() {
        Revision revision = make("a", "one");

        assertThat(delete("a", revision)).isEqualTo(new Change.Done(Revision.ABSENT));
        assertThat(read("a")).isEmpty();
        assertThat(delete("a", revision)).isEqualTo(new Change.Conflict());
        assertThat(set("a", revision, "two")).isEqualTo(new Change.Conflict());
        assertThat(read("a")).isEmpty();
    }

    /** Keeps whoever remembers the record that was deleted from taking the new one for it. */
    @Test
    void madeAnew_hasRevisionsThatItNeverHad() {
        Set<Revision> seen = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Revision made = make("a", "one");
            Revision written = done(set("a", made, "two"));
            assertThat(seen.add(made) && seen.add(written))
                    .as("%s, %s", made, written)
                    .isTrue();
            done(delete("a", written));
        }
    }

    @Test
    void deletionOfWhatWasNotRead_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.delete("a", Revision.ABSENT))
                .withMessageContaining("control record a: to be deleted though absent (expected: ");
    }

    @Test
    void list_isAllThatBeginsWithThePrefix_byName() {
        Map<String, Revision> made = new TreeMap<>();
        for (int i = MANY; i > 0; i--) {
            made.put("a.m." + i, make("a.m." + i, "value " + i));
        }
        List.of("a", "a.", "a.l.1", "a.m", "a.n.1", "b").forEach(name -> make(name, "another"));
        done(delete("a.m.7", requireNonNull(made.remove("a.m.7"))));

        SortedMap<String, Versioned> found = answer(store.list("a.m."));

        assertThat(List.copyOf(found.keySet())).isEqualTo(List.copyOf(made.keySet()));
        found.forEach((name, record) -> {
            assertThat(record.revision()).as(name).isEqualTo(made.get(name));
            assertThat(record.value()).asString(UTF_8).isEqualTo("value " + name.substring("a.m.".length()));
        });
        assertThat(answer(store.list("a"))).hasSize(made.size() + 5);
        assertThat(answer(store.list(""))).hasSize(made.size() + 6);
        assertThat(answer(store.list("c"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".", "..", "a/b", "../a", "a\\b", "-a", "_a", ".a", " a", "a b", "a\n", "a\0", "ä", "a:b", "a%"})
    void awkwardName_isRefused(String name) {
        assertRefused(name, "\"" + name + "\" (expected: ");
        assertThatIllegalArgumentException().isThrownBy(() -> store.list(name));
        assertThatIllegalArgumentException().isThrownBy(() -> store.watch(name, hint -> {}));
    }

    @Test
    void noName_andTooLongAName_areRefused() {
        assertRefused("", "\"\" (expected: 1 to 128 letters");
        assertRefused("a".repeat(129), "(expected: 1 to 128 letters");
    }

    private void assertRefused(String name, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> store.read(name)).withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.compareAndSet(name, Revision.ABSENT, new byte[0]))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.delete(name, new Revision("1")))
                .withMessageContaining(message);
    }

    @Test
    void everyOtherName_isARecordOfItsOwn() {
        Map<String, Revision> made = new TreeMap<>();
        for (String name : List.of(
                "a",
                "a.",
                "a..b",
                "a.b",
                "a-b",
                "a_b",
                "a.record",
                "a.tmp",
                "a.record.tmp",
                "lock",
                "con",
                "0",
                "UPPER",
                "a".repeat(128))) {
            made.put(name, make(name, name));
        }

        made.forEach((name, revision) -> assertStands(name, revision, name));
        assertThat(answer(store.list(""))).containsOnlyKeys(made.keySet());
    }

    @Test
    void anyBytes_areKept_upToTheLargestValue() {
        byte[] largest = new byte[ControlStore.LARGEST_VALUE];
        for (int i = 0; i < largest.length; i++) {
            largest[i] = (byte) (i * 31 + i / 256);
        }
        for (byte[] value : List.of(new byte[0], new byte[] {0}, largest)) {
            String name = "bytes" + value.length;
            done(answer(store.compareAndSet(name, Revision.ABSENT, value)));
            assertThat(read(name))
                    .hasValueSatisfying(found -> assertThat(found.value()).isEqualTo(value));
        }
    }

    @Test
    void moreBytes_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.compareAndSet("a", Revision.ABSENT, new byte[ControlStore.LARGEST_VALUE + 1]))
                .withMessage("control record a: 262145 bytes (expected: at most 262144)");
    }

    @Test
    void arraysOfTheCaller_areNotTheStores() {
        byte[] given = {1, 2};
        CompletableFuture<Change> change = store.compareAndSet("a", Revision.ABSENT, given);
        given[0] = 9;
        done(answer(change));
        read("a").orElseThrow().value()[1] = 9;
        answer(store.list("a")).values().iterator().next().value()[1] = 9;

        assertThat(read("a"))
                .hasValueSatisfying(found -> assertThat(found.value()).containsExactly(1, 2));
    }
}
