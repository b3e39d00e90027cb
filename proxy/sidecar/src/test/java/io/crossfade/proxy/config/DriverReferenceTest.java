package io.crossfade.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.settings.Settings;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That docs/configuration.md has every option of every driver and control store of the jar, with its default. */
final class DriverReferenceTest {
    private static final Path REFERENCE = Path.of("..", "..", "docs", "configuration.md");
    private static final Pattern SAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @CsvSource({
        "Driver `lucene`, driver.lucene.LuceneIndexSettings",
        "Driver `crossfade`, driver.crossfade.CrossfadeIndexSettings",
        "Driver `pgvector`, driver.pgvector.PgvectorIndexSettings",
        "Driver `qdrant`, driver.qdrant.QdrantIndexSettings",
        "Store `file`, store.file.FileStoreSettings"
    })
    void optionsOfEach_areAllThere_withTheirDefaults(String heading, String settings) throws Exception {
        Map<String, Object> sample = YamlTree.parse(sample(heading), new ArrayList<>());
        RecordComponent[] options =
                Class.forName("io.crossfade.proxy." + settings).getRecordComponents();
        assertThat(sample.keySet())
                .containsExactlyElementsOf(
                        Arrays.stream(options).map(Settings::key).toList());
        for (RecordComponent option : options) {
            Default standard = option.getAnnotation(Default.class);
            if (standard != null) {
                assertThat(String.valueOf(sample.get(Settings.key(option))))
                        .as(option.getName())
                        .isEqualTo(standard.value());
            }
        }
    }

    private static String sample(String heading) throws IOException {
        List<String> parts = List.of(Files.readString(REFERENCE).split("\n## " + Pattern.quote(heading) + "\n", 2));
        assertThat(parts).as(heading).hasSize(2);
        Matcher sample = SAMPLE.matcher(parts.get(1));
        assertThat(sample.find()).as(heading).isTrue();
        return sample.group(1);
    }
}
