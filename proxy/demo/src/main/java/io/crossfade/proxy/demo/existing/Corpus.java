package io.crossfade.proxy.demo.existing;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.Call.Operation;
import io.crossfade.proxy.demo.app.Call.Outcome;
import io.crossfade.proxy.demo.app.Call.Write;
import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.app.History;
import io.crossfade.proxy.demo.check.Model;
import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.corpus.Definition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Definitions of WordNet as another program has written them, of every type that a column can have, under ids that are
 * numbers. The application draws the same from the same seed.
 */
public record Corpus(List<Existing> existing) {
    private static final long FIRST_REVISION = (1L << 60) + 1;
    private static final LocalDateTime FIRST = LocalDateTime.of(2026, 1, 31, 23, 59, 30, 500_000_000);

    public Corpus {
        existing = List.copyOf(existing);
    }

    /**
     * Those that the collection begins with.
     *
     * @param cast with ids that are numbers
     * @param model makes the vectors
     */
    public static Corpus of(Cast cast, Model model) {
        List<Definition> drawn = cast.loaded();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < drawn.size(); i++) {
            entries.add(entry(drawn.get(i), i));
        }
        List<float[]> vectors = model.embed(entries.stream().map(Entry::text).toList());
        List<Existing> existing = new ArrayList<>();
        for (int i = 0; i < drawn.size(); i++) {
            existing.add(new Existing(drawn.get(i).id(), entries.get(i), vectors.get(i)));
        }
        return new Corpus(existing);
    }

    /** One of seven is featured, and one of eleven has no weight. */
    private static Entry entry(Definition definition, int i) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("pos", definition.partOfSpeech());
        metadata.put("lexfile", definition.lexicalFile());
        metadata.put("lemmas", definition.lemmas());
        metadata.put("edition", 1L);
        metadata.put("revision", FIRST_REVISION + i);
        metadata.put("added", FIRST.plusSeconds(i).toString().replaceFirst("0+$", "") + "+00:00");
        metadata.put("origin", Map.of("work", "WordNet", "version", 3.1, "line", (long) i, "free", true));
        if (i % 7 == 0) {
            metadata.put("featured", true);
        }
        if (i % 11 != 0) {
            metadata.put("weight", i / 8.0);
        }
        return new Entry(definition.text(), metadata);
    }

    /** Begins the history of the application with what is there. */
    public void begin(Path history) throws IOException {
        try (History file = new History(history)) {
            for (Existing each : existing) {
                Write write = new Write(each.id(), each.entry(), Outcome.ACKED);
                file.add(new Call(0, 0, Operation.FOUND, 0, null, null, List.of(write)));
            }
        }
    }
}
