package io.crossfade.proxy.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds lines of prose to a length that one window shows. Tables and what stands in fences are as long as they are. */
final class ProseTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final int LONGEST = 160;

    @Test
    void noLineOfProse_isLongerThanAWindow() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path page : pages()) {
            tooLong.addAll(longLines(page));
        }
        assertThat(tooLong).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> here = Files.list(ROOT);
                Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            List<Path> pages = Stream.concat(here, docs)
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
            assertThat(pages).hasSizeGreaterThan(5);
            return pages;
        }
    }

    private static List<String> longLines(Path page) throws IOException {
        List<String> found = new ArrayList<>();
        boolean isFenced = false;
        int number = 0;
        for (String line : Files.readAllLines(page)) {
            number++;
            boolean isFence = line.strip().startsWith("```");
            isFenced ^= isFence;
            if (!isFenced && !isFence && !line.strip().startsWith("|") && line.length() > LONGEST) {
                found.add(page.getFileName() + ":" + number + ": " + line.length() + " characters (expected: at most "
                        + LONGEST + ")");
            }
        }
        return found;
    }
}
