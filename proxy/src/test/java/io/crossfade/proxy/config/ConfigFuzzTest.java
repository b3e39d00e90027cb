package io.crossfade.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.crossfade.proxy.fuzz.Mutations;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A text is a configuration, or is refused with what is wrong. */
final class ConfigFuzzTest {
    @FuzzTest
    void yaml(byte[] bytes) {
        CrossfadeConfig config;
        try {
            config = new ConfigReader(Map.of("NAME", "value")).parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (InvalidSettingsException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return;
        }
        assertThat(config.collections()).isNotEmpty();
    }

    @Test
    void someInputs() throws Exception {
        Mutations.of(getClass(), "yaml", 2_000, this::yaml);
    }
}
