package io.crossfade.proxy.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.model.TextSource;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class IndexDefinitionTest {
    private static IndexDefinition with(Map<String, Object> options) {
        return new IndexDefinition("words", "memory", Map.of(), TextSource.OWN, options);
    }

    @Test
    void toString_namesOptionsAndHidesTheirValues() {
        assertThat(with(Map.of("api_key", "s3cret")))
                .asString()
                .contains("words", "memory", "api_key")
                .doesNotContain("s3cret");
    }

    @Test
    void driverWithoutOptions_refusesEachByName() {
        assertThatThrownBy(() -> with(Map.of("path", "p", "ef", 3)).requireNoOptions())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("indexes.words.ef: unknown (expected: no option for driver memory)\n"
                        + "indexes.words.path: unknown (expected: no option for driver memory)");
    }
}
