package io.crossfade.proxy.simulation;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.TextSource;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What kind of world a seed makes.
 *
 * @param keys documents that are written at all times
 * @param skewed the first of them are written more often than the last
 * @param embeds the indexes have different spaces, each with a model; otherwise vectors are carried
 * @param view the text is joined from metadata, so that a metadata update may change it
 * @param narrow most documents that each index takes in a call; 0: any number
 * @param blocking threads of a driver whose calls each hold one until the engine has answered; 0: its calls hold none
 * @param unfit some texts are refused by the models, which the clients spare the old one: documents are parked
 * @param stuck the new model fails on some texts each time, which the clients spare the old one: documents stay pending
 * @param feeds clients send vectors for the new index alone, too, and some for the old one with them, whatever the text is by then;
 *     for some they say what they are made of
 * @param waives what is parked may also be waived, also a document that nobody else writes
 * @param clockErrors each process's wall clock is off by seconds or a day, and by something else after a restart
 * @param refuseOnLoss the journal's policy is to refuse writes
 * @param smallJournal so few keys may be pending that the journal overflows
 * @param joinsLate the last sidecar begins when the migration is under way
 * @param slowStore the control store takes its time, at times much of it
 * @param unsureStore calls to the control store fail while the weather is bad, whether they were done or not, and hints
 *     of changes are lost
 * @param slowCopy the history is copied so slowly that applications change much of it before it is
 * @param filters documents are changed and removed by filter, too
 * @param lostReplies clients repeat what was answered, and use an id for two calls
 * @param losesIndexes engines are emptied, or restored from older copies
 * @param bothAfterFlip after the flip a write is acked only when both indexes have it
 * @param putsBack a journal is put back as it was some time ago
 * @param eager a dirty range is compared at once, in any weather
 * @param faults share of engine calls that go wrong while the weather is bad
 * @param kills per millisecond and fleet while the weather is bad
 */
record Scenario(
        Chance chance,
        int sidecars,
        int keys,
        boolean skewed,
        boolean embeds,
        boolean view,
        int narrow,
        int blocking,
        boolean unfit,
        boolean stuck,
        boolean feeds,
        boolean waives,
        boolean clockErrors,
        boolean refuseOnLoss,
        boolean smallJournal,
        boolean joinsLate,
        boolean slowStore,
        boolean unsureStore,
        boolean slowCopy,
        boolean filters,
        boolean lostReplies,
        boolean losesIndexes,
        boolean bothAfterFlip,
        boolean putsBack,
        boolean eager,
        int batch,
        double load,
        double faults,
        double kills) {
    private static final TextSource VIEW = new TextSource(List.of("value", "note1"), " ");
    private static final int OLD = 3;
    private static final int[] SIZES = {1, 1, 1, 2, 2, 3, 3, 4, 5};
    private static final double[] FAULTS = {0, 0.02, 0.1, 0.25};
    private static final double[] KILLS = {0, 0.0005, 0.002, 0.006};

    static Scenario of(long seed) {
        Chance chance = new Chance(seed);
        boolean embeds = chance.is(0.5, "embeds");
        int sidecars = SIZES[chance.below(SIZES.length, "sidecars")];
        boolean smallJournal = chance.is(0.08, "small journal");
        boolean view = embeds && chance.is(0.3, "view");
        boolean unfit = embeds && !view && chance.is(sidecars == 1 ? 0.4 : 0.15, "unfit");
        boolean stuck = embeds && !view && chance.is(0.3, "stuck");
        return new Scenario(
                chance,
                sidecars,
                2 + chance.below(4, "keys"),
                chance.is(0.5, "skewed"),
                embeds,
                view,
                chance.is(0.25, "narrow") ? 1 + chance.below(3, "how narrow") : 0,
                chance.is(0.25, "blocking") ? 1 + chance.below(4, "threads") : 0,
                unfit,
                stuck,
                sidecars == 1 && embeds && !view && chance.is(0.4, "feeds"),
                unfit && sidecars == 1 && chance.is(0.8, "waives"),
                chance.is(0.5, "clock errors"),
                chance.is(0.3, "refuse on loss"),
                smallJournal,
                sidecars > 1 && chance.is(0.3, "joins late"),
                chance.is(0.5, "slow store"),
                chance.is(0.4, "unsure store"),
                chance.is(0.3, "slow copy"),
                chance.is(0.2, "filters"),
                chance.is(0.2, "lost replies"),
                sidecars == 1 && !smallJournal && chance.is(0.5, "loses indexes"),
                sidecars == 1 && !smallJournal && chance.is(0.3, "both after flip"),
                sidecars == 1 && !smallJournal && chance.is(0.2, "puts back"),
                chance.is(0.3, "eager"),
                1 + chance.below(stuck ? 8 : 4, "batch"),
                0.05 + 0.1 * chance.of("load"),
                FAULTS[chance.below(FAULTS.length, "faults")],
                KILLS[chance.below(KILLS.length, "kills")]);
    }

    /** One of the documents that are written at all times. */
    int key(String what, long... where) {
        double place = chance.of(what, where);
        return (int) (keys * (skewed ? place * place * place : place));
    }

    Key key(int number) {
        return Key.of("k" + number % keys);
    }

    /**
     * Like most documents, nobody writes it any more when the migration begins; where the history is copied slowly, its
     * metadata is changed at times.
     */
    Key old(String what, long... where) {
        return Key.of("old" + chance.below(OLD, what, where));
    }

    List<Key> busy() {
        return IntStream.range(0, keys).mapToObj(this::key).toList();
    }

    /** All that there may be. */
    List<Key> documents() {
        return Stream.concat(busy().stream(), IntStream.range(0, OLD).mapToObj(i -> Key.of("old" + i)))
                .toList();
    }

    TextSource text() {
        return view ? VIEW : TextSource.OWN;
    }

    /** How far ahead the wall clock of a sidecar is after so many starts of all. */
    Duration clockError(int sidecar, int starts) {
        if (!clockErrors) {
            return Duration.ZERO;
        }
        Duration most = chance.is(0.3, "a day off", sidecar, starts) ? Duration.ofDays(1) : Duration.ofSeconds(10);
        return Duration.ofMillis((long) ((chance.of("clock error", sidecar, starts) * 2 - 1) * most.toMillis()));
    }
}
