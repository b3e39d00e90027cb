package io.crossfade.proxy.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That the rules of the protocol, the code that keeps them and the page that says what attacks them name the same. */
final class RulesTest {
    private static final Pattern RULE = Pattern.compile("\\bR\\d+\\b");
    private static final Path MODULES = Path.of("..");
    private static final Path PROMISES = Path.of("..", "..", "docs", "promises.md");
    private static final Path SEEDED_BUGS =
            Path.of("..", "core", "src", "test", "resources", "io", "crossfade", "proxy", "simulation", "mutants.yaml");

    private static final Set<String> RULES =
            Arrays.stream(Rule.values()).map(Rule::name).collect(Collectors.toCollection(TreeSet::new));

    @Test
    void everyRule_isNamedInTheCodeThatKeepsIt_andNoOther() throws IOException {
        Set<String> named = new TreeSet<>();
        for (Path source : sources()) {
            named.addAll(rulesIn(Files.readString(source)));
        }
        assertThat(named).isEqualTo(RULES);
    }

    @Test
    void everyRule_hasItsPlaceOnThePage_withWhatAttacksIt() throws IOException {
        String page = Files.readString(PROMISES);
        assertThat(RULES).allSatisfy(rule -> assertThat(page).contains("\n### " + rule + " "));
        assertThat(RULES).containsAll(rulesIn(page));
    }

    @Test
    void everyRule_hasASeededBug() throws IOException {
        assertThat(rulesIn(Files.readString(SEEDED_BUGS))).isEqualTo(RULES);
    }

    private static Set<String> rulesIn(String text) {
        return RULE.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The product's own; the list of the rules itself does not count. */
    private static List<Path> sources() throws IOException {
        try (Stream<Path> all = Files.walk(MODULES)) {
            return all.filter(path -> path.toString().contains("/src/main/java/"))
                    .filter(path -> path.toString().endsWith(".java") && !path.endsWith("Rule.java"))
                    .toList();
        }
    }
}
