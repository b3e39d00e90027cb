package io.crossfade.proxy.demo.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WordNetTest {
    private static final WordNet WORD_NET = WordNet.load();

    @Test
    void holdsAllOfWordNet31() {
        assertThat(WORD_NET.size()).isEqualTo(117_791);
    }

    @Test
    void sample_dependsOnTheSeedAlone() {
        assertThat(WORD_NET.sample(50, 7)).isEqualTo(WORD_NET.sample(50, 7)).isNotEqualTo(WORD_NET.sample(50, 8));
    }

    @Test
    void everyLine_isADefinitionWithWordsAndText() {
        List<Definition> all = WORD_NET.sample(WORD_NET.size(), 1);

        assertThat(all.stream().map(Definition::id).distinct()).hasSize(all.size());
        assertThat(all).allSatisfy(each -> {
            assertThat(each.text()).isNotBlank().doesNotContain("\"");
            assertThat(each.lemmas()).isNotEmpty().noneMatch(lemma -> lemma.contains("_") || lemma.isBlank());
            assertThat(each.lexicalFile()).startsWith(each.partOfSpeech().substring(0, 3));
        });
    }

    @Test
    void line_isTakenApart() {
        Definition definition = DataLine.parse(
                "00915402 00 s 03 jagged 0 jaggy(p) 0 in_stock 0 001 & 00914441 a 0000 | having"
                        + " a sharply uneven surface or outline; \"the jagged outline of the crags\"; \"scraggy cliffs\"  ");

        assertThat(definition)
                .isEqualTo(new Definition(
                        "00915402-a",
                        "adjective",
                        "adj.all",
                        List.of("jagged", "jaggy", "in stock"),
                        "having a sharply uneven surface or outline",
                        List.of("the jagged outline of the crags")));
    }

    @Test
    void cast_asksOnlyForWhatIsLoaded() {
        Cast cast = Cast.draw(WORD_NET, 1_000, 100, 3);

        Set<String> loaded = cast.loaded().stream().map(Definition::id).collect(Collectors.toSet());
        assertThat(loaded).hasSize(1_000);
        assertThat(cast.known()).hasSize(100).allMatch(item -> loaded.contains(item.id()));
        assertThat(new HashSet<>(cast.reserve())).hasSize(500).noneMatch(each -> loaded.contains(each.id()));
    }
}
