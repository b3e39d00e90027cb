package io.crossfade.proxy.demo.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of one of WordNet's data files: {@code offset file type words(hex) word sense ... | definition; "example"}.
 * The format is described in WordNet's manual page wndb(5WN), the names of the files in lexnames(5WN).
 */
final class DataLine {
    private static final Pattern EXAMPLE = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern ADJECTIVE_MARKER = Pattern.compile("\\((?:a|p|ip)\\)$");
    private static final int FEWEST_EXAMPLE_WORDS = 3;
    private static final int WORDS_AT = 4;
    private static final List<String> LEXICAL_FILES =
            List.of(("adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body"
                            + " noun.cognition noun.communication noun.event noun.feeling noun.food noun.group"
                            + " noun.location noun.motive noun.object noun.person noun.phenomenon noun.plant"
                            + " noun.possession noun.process noun.quantity noun.relation noun.shape noun.state"
                            + " noun.substance noun.time verb.body verb.change verb.cognition verb.communication"
                            + " verb.competition verb.consumption verb.contact verb.creation verb.emotion verb.motion"
                            + " verb.perception verb.possession verb.social verb.stative verb.weather adj.ppl")
                    .split(" "));

    private DataLine() {}

    /** Whether the line holds a meaning; the licence at a file's head is indented. */
    static boolean isDefinition(String line) {
        return !line.startsWith(" ");
    }

    static Definition parse(String line) {
        int bar = line.indexOf(" | ");
        String[] fields = line.substring(0, bar).split(" ", -1);
        String gloss = line.substring(bar + " | ".length()).strip();
        char type = fields[2].charAt(0);
        return new Definition(
                fields[0] + "-" + (type == 's' ? 'a' : type),
                partOfSpeech(type),
                LEXICAL_FILES.get(Integer.parseInt(fields[1])),
                lemmas(fields),
                text(gloss),
                examples(gloss));
    }

    private static String partOfSpeech(char type) {
        return switch (type) {
            case 'n' -> "noun";
            case 'v' -> "verb";
            case 'a', 's' -> "adjective";
            case 'r' -> "adverb";
            default -> throw new IllegalArgumentException("WordNet type: " + type + " (expected: n, v, a, s or r)");
        };
    }

    private static List<String> lemmas(String[] fields) {
        int count = Integer.parseInt(fields[3], 16);
        List<String> lemmas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String word = fields[WORDS_AT + 2 * i].replace('_', ' ');
            lemmas.add(ADJECTIVE_MARKER.matcher(word).replaceFirst(""));
        }
        return lemmas;
    }

    /** What comes before the first example; the few glosses that begin with a quotation are kept whole. */
    private static String text(String gloss) {
        int quote = gloss.indexOf('"');
        String before = quote < 0 ? gloss : gloss.substring(0, quote);
        String text = before.replaceFirst("[;:,\\s]+$", "");
        return text.isEmpty() ? gloss.replace("\"", "") : text;
    }

    private static List<String> examples(String gloss) {
        Matcher matcher = EXAMPLE.matcher(gloss);
        List<String> examples = new ArrayList<>();
        while (matcher.find()) {
            String example = matcher.group(1).strip();
            if (example.split("\\s+").length >= FEWEST_EXAMPLE_WORDS) {
                examples.add(example);
            }
        }
        return examples;
    }
}
