package io.crossfade.proxy.observe;

import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.ParkedRecord;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs what happens to one collection, once each, with its name and the epoch. Safe for use by many threads. */
abstract class MigrationLog implements CollectionObserver {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationLog.class);

    /**
     * The time between two lines about parked documents. Lossy: a broken rule for texts can park millions, so one line
     * stands for all within it.
     */
    private static final Duration BETWEEN_PARKED = Duration.ofSeconds(10);

    private final String collection;
    private final Time time;
    private volatile long epoch;
    // Guarded by this.
    private long parkedSinceLine;
    private long nextParkedLine;

    MigrationLog(String collection, Time time) {
        this.collection = collection;
        this.time = time;
        this.nextParkedLine = time.nanos();
    }

    private LoggingEventBuilder at(Level level) {
        return LOG.atLevel(level).addKeyValue("collection", collection).addKeyValue("epoch", epoch);
    }

    @Override
    public void entered(Route route) {
        epoch = route.epoch();
        LoggingEventBuilder line = at(Level.INFO);
        if (route instanceof Route.Paired paired) {
            line.log(
                    "{}: served by {}, followed by {}",
                    route.phase(),
                    route.leader().name(),
                    paired.follower().name());
        } else {
            line.log("{}: served by {}", route.phase(), route.leader().name());
        }
    }

    @Override
    public void breakerMoved(String from, String to) {
        at(to.equals("CLOSED") ? Level.INFO : Level.WARN).log("mirror breaker: {} (was: {})", to, from);
    }

    @Override
    public synchronized void parked(ParkedRecord document) {
        parkedSinceLine++;
        long now = time.nanos();
        if (now - nextParkedLine >= 0) {
            at(Level.WARN)
                    .addKeyValue("documents", parkedSinceLine)
                    .log("parked: {}: {}", document.key(), document.reason());
            parkedSinceLine = 0;
            nextParkedLine = now + BETWEEN_PARKED.toNanos();
        }
    }

    @Override
    public void recordsLost(long since, String reason) {
        at(Level.ERROR).log("journal: writes since version {} may be missing: {} (verify with repair)", since, reason);
    }

    @Override
    public void writesRefused(String reason) {
        at(Level.ERROR).log("journal: writes are refused: {}", reason);
    }

    @Override
    public void journalRecovered() {
        at(Level.INFO).log("the journal records again");
    }
}
