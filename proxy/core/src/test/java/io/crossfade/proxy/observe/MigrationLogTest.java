package io.crossfade.proxy.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.write.journal.ParkedRecord;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class MigrationLogTest {
    private final FakeTime time = new FakeTime();
    private final CollectionObserver log = new Metrics(time).of("things");
    private final Logger logger = (Logger) LoggerFactory.getLogger(MigrationLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void manyParkedDocuments_areOneLineEachTenSeconds_thatCountsThem() {
        for (int i = 0; i < 1_000; i++) {
            log.parked(new ParkedRecord(Key.of("id-" + i), 7, "new", "no text to embed", false));
        }
        time.advance(Duration.ofSeconds(10));
        log.parked(new ParkedRecord(Key.of("last"), 7, "new", "no text to embed", false));

        assertThat(lines.list).extracting(line -> pairs(line)).containsExactly("things/0/1", "things/0/1000");
        assertThat(lines.list.get(1).getFormattedMessage()).contains("last").contains("no text to embed");
    }

    private static String pairs(ILoggingEvent line) {
        return String.join(
                "/",
                line.getKeyValuePairs().stream()
                        .map(pair -> String.valueOf(pair.value))
                        .toList());
    }

    @Test
    void jsonFormat_isOneObjectPerLine_withCollectionAndEpoch() throws Exception {
        log.breakerMoved("CLOSED", "OPEN");

        String written = encoded("json", lines.list.get(0));

        assertThat(written).endsWith("\n");
        assertThat(written.strip()).doesNotContain("\n");
        JsonNode line = new ObjectMapper().readTree(written);
        assertThat(line.get("level").asText()).isEqualTo("WARN");
        assertThat(line.get("formattedMessage").asText()).isEqualTo("mirror breaker: OPEN (was: CLOSED)");
        assertThat(line.get("kvpList").findValue("collection").asText()).isEqualTo("things");
        assertThat(line.get("kvpList").findValue("epoch").asText()).isEqualTo("0");
    }

    @Test
    void defaultFormat_isReadable() throws Exception {
        log.breakerMoved("OPEN", "CLOSED");

        assertThat(encoded("", lines.list.get(0)))
                .endsWith(" INFO  MigrationLog mirror breaker: CLOSED (was: OPEN) collection=things epoch=0\n");
    }

    private static String encoded(String format, ILoggingEvent line) throws Exception {
        LoggerContext context = new LoggerContext();
        context.putProperty("CROSSFADE_LOG_FORMAT", format);
        LogSetup.setUp(context);
        try {
            OutputStreamAppender<ILoggingEvent> console = (OutputStreamAppender<ILoggingEvent>)
                    context.getLogger("ROOT").getAppender("console");
            assertThat(List.copyOf(context.getStatusManager().getCopyOfStatusList()))
                    .as("complaints")
                    .noneMatch(status -> status.getEffectiveLevel() > ch.qos.logback.core.status.Status.INFO);
            return new String(console.getEncoder().encode(line), UTF_8);
        } finally {
            context.stop();
        }
    }
}
