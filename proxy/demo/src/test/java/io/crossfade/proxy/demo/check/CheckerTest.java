package io.crossfade.proxy.demo.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.Call.Operation;
import io.crossfade.proxy.demo.app.Call.Outcome;
import io.crossfade.proxy.demo.app.Call.Write;
import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.check.Damage.Kind;
import io.crossfade.proxy.demo.check.Holding.HeldVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sabotages an index in every way there is and sees whether it is reported. */
class CheckerTest {
    private static final String FINGERPRINT = "00112233aabbccdd";

    private final List<Call> history = new ArrayList<>();

    CheckerTest() {
        acked("edited", entry("first"));
        acked("edited", entry("second"));
        acked("edited", entry("third"));
        acked("once", entry("once"));
        acked("deleted", entry("deleted"));
        acked("deleted", null);
        acked("back", entry("back"));
        acked("back", null);
        acked("back", entry("back again"));
    }

    @Test
    void everythingAsAcked_noDamage() {
        Damage damage = check(holding -> holding);

        assertThat(damage.none()).isTrue();
        assertThat(damage.findings()).isEmpty();
    }

    @Test
    void documentGone_missingAndItsWritesLost() {
        Damage damage = check(without("edited"));

        assertOnly(damage, Map.of(Kind.MISSING, 1, Kind.LOST_WRITES, 3));
        assertThat(damage.findings().get(0)).contains("edited", "not there", "third");
    }

    @Test
    void documentGoneAfterDeleteAndUpsert_onlyTheUpsertIsLost() {
        assertOnly(check(without("back")), Map.of(Kind.MISSING, 1, Kind.LOST_WRITES, 1));
    }

    @Test
    void olderState_staleAndLaterWritesLost() {
        Damage damage = check(with("edited", entry("first")));

        assertOnly(damage, Map.of(Kind.STALE, 1, Kind.LOST_WRITES, 2));
        assertThat(damage.findings().get(0)).contains("older state");
    }

    @Test
    void oneMetadataValueOff_stale() {
        Damage damage = check(with("once", new Entry("once", Map.of("revision", (1L << 60) + 2))));

        assertOnly(damage, Map.of(Kind.STALE, 1, Kind.LOST_WRITES, 1));
        assertThat(damage.findings().get(0)).contains("nobody wrote");
    }

    @Test
    void deletedDocumentThere_resurrected() {
        assertOnly(check(plus(holding("deleted", entry("deleted")))), Map.of(Kind.RESURRECTED, 1, Kind.LOST_WRITES, 1));
    }

    @Test
    void documentNobodyWrote_extra() {
        assertOnly(check(plus(holding("stranger", entry("stranger")))), Map.of(Kind.EXTRA, 1));
    }

    @Test
    void documentThereTwice_extra() {
        assertOnly(check(plus(holding("once", entry("once")))), Map.of(Kind.EXTRA, 1));
    }

    @Test
    void vectorOfAnotherSpaceName_wrongSpace() {
        assertOnly(checkVector(new HeldVector("old", FINGERPRINT, model("once"))), Map.of(Kind.WRONG_SPACE, 1));
    }

    @Test
    void vectorMadeInAnotherSpace_wrongSpace() {
        assertOnly(checkVector(new HeldVector("new", "ffff", model("once"))), Map.of(Kind.WRONG_SPACE, 1));
    }

    @Test
    void vectorOfAnotherText_wrongSpace() {
        Damage damage = checkVector(new HeldVector("new", FINGERPRINT, model("something else")));

        assertOnly(damage, Map.of(Kind.WRONG_SPACE, 1));
        assertThat(damage.findings().get(0)).contains("cosine");
    }

    @Test
    void vectorOfAnotherLength_wrongSpace() {
        assertOnly(checkVector(new HeldVector("new", FINGERPRINT, new float[] {1})), Map.of(Kind.WRONG_SPACE, 1));
    }

    @Test
    void noVector_wrongSpace() {
        Damage damage = check(replace("once", holding -> new Holding("once", holding.entry(), List.of())));

        assertOnly(damage, Map.of(Kind.WRONG_SPACE, 1));
    }

    @Test
    void vectorWithoutStamp_wrongOnlyWhereStampsAreDue() {
        HeldVector unstamped = new HeldVector("new", "", model("once"));

        assertOnly(checkVector(unstamped), Map.of(Kind.WRONG_SPACE, 1));
        Index old = new Index("old", false, "new", FINGERPRINT, false, contents(vectorOfOnce(unstamped)));
        assertThat(checker().check(old, this::embed).none()).isTrue();
    }

    @Test
    void followerBehind_damagedButNoAckedWriteLost() {
        Index follower = new Index("old", false, "new", FINGERPRINT, true, contents(without("once")));

        assertOnly(checker().check(follower, this::embed), Map.of(Kind.MISSING, 1));
    }

    @Test
    void outcomeUnknown_eitherStateIsRight() {
        write("once", entry("maybe"), Outcome.UNKNOWN);

        assertThat(check(holding -> holding).none()).isTrue();
        assertThat(check(with("once", entry("maybe"))).none()).isTrue();
        assertOnly(check(with("once", entry("never"))), Map.of(Kind.STALE, 1, Kind.LOST_WRITES, 1));
    }

    @Test
    void refusedWrite_mustNotShow() {
        write("once", entry("refused"), Outcome.REFUSED);

        assertThat(check(holding -> holding).none()).isTrue();
        assertOnly(check(with("once", entry("refused"))), Map.of(Kind.STALE, 1, Kind.LOST_WRITES, 1));
    }

    private void acked(String id, @Nullable Entry entry) {
        write(id, entry, Outcome.ACKED);
    }

    private void write(String id, @Nullable Entry entry, Outcome outcome) {
        Operation operation = entry == null ? Operation.DELETE : Operation.UPSERT;
        history.add(new Call(0, 0, operation, 0, null, null, List.of(new Write(id, entry, outcome))));
    }

    private Damage check(UnaryOperator<List<Holding>> sabotage) {
        return checker().check(new Index("new", true, "new", FINGERPRINT, true, contents(sabotage)), this::embed);
    }

    private Damage checkVector(HeldVector vector) {
        return check(vectorOfOnce(vector));
    }

    private Checker checker() {
        return new Checker(history, 100, 1);
    }

    /** The index as it should be, after the sabotage. */
    private static List<Holding> contents(UnaryOperator<List<Holding>> sabotage) {
        return sabotage.apply(List.of(
                holding("edited", entry("third")),
                holding("once", entry("once")),
                holding("back", entry("back again"))));
    }

    private static UnaryOperator<List<Holding>> without(String id) {
        return all -> all.stream().filter(each -> !each.id().equals(id)).toList();
    }

    private static UnaryOperator<List<Holding>> with(String id, Entry entry) {
        return replace(id, old -> holding(id, entry));
    }

    private static UnaryOperator<List<Holding>> vectorOfOnce(HeldVector vector) {
        return replace("once", old -> new Holding("once", old.entry(), List.of(vector)));
    }

    private static UnaryOperator<List<Holding>> replace(String id, UnaryOperator<Holding> change) {
        return all -> all.stream()
                .map(each -> each.id().equals(id) ? change.apply(each) : each)
                .toList();
    }

    private static UnaryOperator<List<Holding>> plus(Holding holding) {
        return all -> {
            List<Holding> more = new ArrayList<>(all);
            more.add(holding);
            return more;
        };
    }

    private static Holding holding(String id, Entry entry) {
        return new Holding(id, entry, List.of(new HeldVector("new", FINGERPRINT, model(entry.text()))));
    }

    private static Entry entry(String text) {
        return new Entry(text, Map.of("revision", (1L << 60) + 1, "lemmas", List.of(text)));
    }

    private List<float[]> embed(List<String> texts) {
        return texts.stream().map(CheckerTest::model).toList();
    }

    /** Different texts point in different directions. */
    private static float[] model(String text) {
        double angle = Math.floorMod(text.hashCode(), 1_000_003);
        return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
    }

    private static void assertOnly(Damage damage, Map<Kind, Integer> expected) {
        for (Kind kind : Kind.values()) {
            assertThat(damage.count(kind)).as(kind.name()).isEqualTo(expected.getOrDefault(kind, 0));
        }
    }
}
