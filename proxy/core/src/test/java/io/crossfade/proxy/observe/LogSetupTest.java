package io.crossfade.proxy.observe;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class LogSetupTest {
    @Test
    void valuesThatAreNone_areRefused_namingThoseThatThereAre() {
        assertThatThrownBy(() -> LogSetup.check(Map.of("CROSSFADE_LOG_LEVEL", "LOUD", "CROSSFADE_LOG_FORMAT", "xml")))
                .hasMessage("CROSSFADE_LOG_LEVEL: LOUD (expected: one of TRACE, DEBUG, INFO, WARN, ERROR, OFF)\n"
                        + "CROSSFADE_LOG_FORMAT: xml (expected: one of text, json)");
    }

    @Test
    void valuesThatThereAre_andNone_areTaken() {
        assertThatCode(() -> {
                    LogSetup.check(Map.of());
                    LogSetup.check(Map.of("CROSSFADE_LOG_LEVEL", "warn"));
                    LogSetup.check(Map.of("CROSSFADE_LOG_LEVEL", "DEBUG", "CROSSFADE_LOG_FORMAT", "json"));
                })
                .doesNotThrowAnyException();
    }
}
