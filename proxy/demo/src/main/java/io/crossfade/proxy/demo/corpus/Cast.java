package io.crossfade.proxy.demo.corpus;

import java.util.List;

/**
 * Who plays what in one run: the demo and the app draw the same, each for itself, from the same seed.
 *
 * @param loaded the documents the collection begins with
 * @param reserve definitions that the app adds later
 * @param known sentences and the documents they belong to, to ask for; these documents keep their text
 */
public record Cast(List<Definition> loaded, List<Definition> reserve, List<KnownItem> known) {
    private static final int RESERVE_DIVISOR = 2;
    private static final int LARGEST_RESERVE = 5_000;

    /** A search whose one right answer is known. */
    public record KnownItem(String query, String id) {}

    public Cast {
        loaded = List.copyOf(loaded);
        reserve = List.copyOf(reserve);
        known = List.copyOf(known);
    }

    /**
     * @param mostKnown limit of {@code known}; only about a quarter of the definitions has an example sentence
     */
    public static Cast draw(WordNet wordNet, int documents, int mostKnown, long seed) {
        int reserve = Math.min(documents / RESERVE_DIVISOR, LARGEST_RESERVE);
        List<Definition> drawn = wordNet.sample(documents + reserve, seed);
        List<Definition> loaded = drawn.subList(0, Math.min(documents, drawn.size()));
        List<KnownItem> known = loaded.stream()
                .filter(definition -> !definition.examples().isEmpty())
                .limit(mostKnown)
                .map(definition -> new KnownItem(definition.examples().get(0), definition.id()))
                .toList();
        return new Cast(loaded, drawn.subList(loaded.size(), drawn.size()), known);
    }

    /** The same, with ids that are numbers. */
    public Cast numbered() {
        return new Cast(
                loaded.stream().map(Definition::numbered).toList(),
                reserve.stream().map(Definition::numbered).toList(),
                known.stream()
                        .map(item -> new KnownItem(item.query(), Definition.numbered(item.id())))
                        .toList());
    }
}
