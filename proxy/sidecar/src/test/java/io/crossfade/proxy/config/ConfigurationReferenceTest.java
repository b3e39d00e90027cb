package io.crossfade.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.front.listen.ListenAddress;
import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.settings.Rest;
import io.crossfade.proxy.settings.Settings;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps docs/configuration.md true. */
final class ConfigurationReferenceTest {
    private static final Path REFERENCE = Path.of("..", "..", "docs", "configuration.md");
    private static final Pattern SAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @Test
    void wholeSamples_areValidConfigurations() throws IOException {
        for (String sample : samples().subList(0, 2)) {
            CrossfadeConfig config = new ConfigReader(Map.of()).parse(sample);
            assertThat(config.index("products-v1").driver()).isEqualTo("lucene");
        }
    }

    @Test
    void fullSample_namesEveryKey_withItsDefault() throws IOException {
        List<String> lines = samples().get(1).lines().map(String::strip).toList();
        assertThat(components(CrossfadeConfig.class))
                .hasSizeGreaterThan(60)
                .allSatisfy(component ->
                        assertThat(lines).as("%s", component).anyMatch(line -> documents(line, component)));
    }

    @Test
    void fullSample_isMadeOfDefaults() throws IOException {
        CrossfadeConfig full = new ConfigReader(Map.of()).parse(samples().get(1));
        CrossfadeConfig least = new ConfigReader(Map.of()).parse(samples().get(0));
        assertThat(full.collections()).isEqualTo(least.collections());
        assertThat(full.listeners()).isEqualTo(least.listeners());
        assertThat(full.journal()).isEqualTo(least.journal());
        assertThat(full.control()).isEqualTo(least.control());
        assertThat(full.dataDir()).isEqualTo(least.dataDir());
        assertThat(full.indexes().get("products-v1")).isEqualTo(least.indexes().get("products-v1"));
        assertThat(full.space("minilm")).isEqualTo(least.space("minilm"));
    }

    private static boolean documents(String line, RecordComponent component) {
        Default standard = component.getAnnotation(Default.class);
        String value = standard == null ? "" : standard.value().replace("\n", "\\n");
        String written = value.isEmpty() && standard != null ? "\"\"" : value;
        return Pattern.matches(
                "(# )?" + Settings.key(component) + ": ?\"?" + Pattern.quote(written)
                        + (standard == null ? ".*" : "\"?( +#.*)?"),
                line);
    }

    private static List<String> samples() throws IOException {
        Matcher matcher = SAMPLE.matcher(Files.readString(REFERENCE));
        return matcher.results().map(result -> result.group(1)).toList();
    }

    private static List<RecordComponent> components(Class<?> type) {
        List<RecordComponent> all = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (!component.isAnnotationPresent(Rest.class)) {
                all.add(component);
                nested(component).flatMap(record -> components(record).stream()).forEach(all::add);
            }
        }
        return all;
    }

    private static Stream<Class<?>> nested(RecordComponent component) {
        Stream<Class<?>> types = component.getGenericType() instanceof ParameterizedType generic
                ? Arrays.stream(generic.getActualTypeArguments()).map(each -> (Class<?>) each)
                : Stream.of(component.getType());
        return types.filter(each -> each.isRecord() && each != ListenAddress.class);
    }
}
