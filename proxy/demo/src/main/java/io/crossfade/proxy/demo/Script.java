package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.corpus.WordNet;
import java.time.Duration;

/**
 * What differs from run to run, and the figures that do not.
 *
 * @param documents that the collection begins with
 * @param seed chooses the documents and what the app does
 * @param from where the collection is at first
 */
record Script(int documents, long seed, From from) {
    /** Of the app. */
    static final int WORKERS = 4;

    static final double CALLS_PER_SECOND = 50;

    /** Known items to ask for, at most. */
    static final int KNOWN_ITEMS = 300;

    /** Vectors that are made anew per index. */
    static final int VECTOR_SAMPLE = 300;

    /** How long a state is shown once it is reached. */
    static final Duration SHOW = Duration.ofSeconds(4);

    /** How long a process is away before it is started again. */
    static final Duration AWAY = Duration.ofSeconds(2);

    /** Shares of the history that are copied when something breaks. */
    static final double OUTAGE_AT = 0.2;

    static final double CRASH_AT = 0.4;

    /** Nothing that goes on by itself may take longer; backfill may, if it moves. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Ids are numbers in a table, as they often are. */
    boolean hasNumbers() {
        return from == From.POSTGRES;
    }

    Cast cast(WordNet wordNet) {
        Cast cast = Cast.draw(wordNet, documents, KNOWN_ITEMS, seed);
        return hasNumbers() ? cast.numbered() : cast;
    }

    /** The history may take this long to copy. */
    Duration backfillPatience() {
        return PATIENCE.plus(Duration.ofMillis(100).multipliedBy(documents));
    }
}
