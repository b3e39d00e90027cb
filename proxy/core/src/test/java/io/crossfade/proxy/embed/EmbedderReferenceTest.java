package io.crossfade.proxy.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.crossfade.proxy.settings.Rest;
import io.crossfade.proxy.settings.Settings;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps the part on embedders of docs/configuration.md true. */
final class EmbedderReferenceTest {
    private static final Path REFERENCE = Path.of("..", "..", "docs", "configuration.md");
    private static final Pattern SAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @Test
    void keysOfEveryEmbedder_areAllThere_withTheirDefaults() throws IOException {
        Map<String, Object> sample = sample(0);
        assertThat(Settings.bind(EmbedderOptions.class, sample))
                .isEqualTo(Settings.bind(EmbedderOptions.class, Map.of()));
        assertNamesAll(EmbedderOptions.class, sample);
        assertNamesAll(EmbedderOptions.Breaker.class, (Map<?, ?>) sample.getOrDefault("breaker", Map.of()));
    }

    @Test
    void keysOfTheTypes_areAllThere() throws IOException {
        assertThat(OnnxModel.of(Settings.bind(OnnxEmbedderProvider.OnnxOptions.class, sample(1))
                        .artifact()))
                .isNotNull();
        assertNamesAll(OnnxEmbedderProvider.OnnxOptions.class, sample(1));
        Settings.bind(OpenAiEmbedderProvider.OpenAiOptions.class, sample(2));
        assertNamesAll(OpenAiEmbedderProvider.OpenAiOptions.class, sample(2));
    }

    private static void assertNamesAll(Class<? extends Record> type, Map<?, ?> sample) {
        List<String> keys = Arrays.stream(type.getRecordComponents())
                .filter(component -> !component.isAnnotationPresent(Rest.class))
                .map((RecordComponent component) -> Settings.key(component))
                .toList();
        assertThat(sample.keySet().stream().map(String::valueOf)).containsExactlyElementsOf(keys);
    }

    private static Map<String, Object> sample(int number) throws IOException {
        String embedders = Files.readString(REFERENCE).split("## Embedders", 2)[1];
        String yaml = SAMPLE.matcher(embedders).results().toList().get(number).group(1);
        return new YAMLMapper().readValue(yaml, new TypeReference<Map<String, Object>>() {});
    }
}
