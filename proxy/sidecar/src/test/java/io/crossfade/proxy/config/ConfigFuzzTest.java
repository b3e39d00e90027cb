package io.crossfade.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.crossfade.proxy.kit.fuzz.Mutations;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A text is a configuration, or is refused with what is wrong. */
final class ConfigFuzzTest {
    @FuzzTest
    void yaml(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        CrossfadeConfig config;
        try {
            config = new ConfigReader(Map.of("NAME", "value")).parse(text);
        } catch (InvalidSettingsException refused) {
            assertThat(refused.violations()).isNotEmpty().allMatch(each -> each.matches("(?s).+: .+"));
            return;
        }
        holdsTogether(config);
        assertUnknownKeyIsRefused(text);
    }

    /** Whatever is named is there, and every bound is one. */
    private static void holdsTogether(CrossfadeConfig config) {
        assertThat(config.collections()).isNotEmpty();
        config.collections().forEach((name, collection) -> {
            assertThat(config.index(collection.index()).vectors()).as(name).isNotEmpty();
            assertThat(collection.limits().batch()).isPositive();
            assertThat(collection.limits().callsInFlight()).isPositive();
            assertThat(collection.limits().topK()).isPositive();
            assertThat(collection.mirror().maxInFlight()).isPositive();
            assertThat(collection.mirror().deadline()).isPositive();
            assertThat(collection.backfill().batch()).isPositive();
        });
        config.indexes()
                .keySet()
                .forEach(name -> config.index(name)
                        .vectors()
                        .values()
                        .forEach(space -> assertThat(config.space(space.name()).dimensions())
                                .isPositive()));
        assertThat(config.journal().maxPending()).isPositive();
        assertThat(config.listeners().messageBytes()).isPositive();
        assertThat(config.listeners().streams()).isPositive();
    }

    /** Not where more text cannot follow, as after the end of a flow mapping. */
    private static void assertUnknownKeyIsRefused(String text) {
        try {
            new ConfigReader(Map.of("NAME", "value")).parse(text + "\nnobody_knows: 1\n");
        } catch (InvalidSettingsException refused) {
            return;
        }
        fail("taken with a key that nobody knows: " + text);
    }

    @Test
    void someInputs() throws Exception {
        Mutations.of(getClass(), "yaml", 2_000, this::yaml);
    }
}
