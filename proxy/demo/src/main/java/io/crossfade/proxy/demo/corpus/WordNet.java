package io.crossfade.proxy.demo.corpus;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** WordNet 3.1 as the data artifact of extJWNL brings it: Princeton's own files, which need no library to be read. */
public final class WordNet {
    private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/";
    private static final List<String> FILES = List.of("data.noun", "data.verb", "data.adj", "data.adv");

    private final List<String> lines;

    private WordNet(List<String> lines) {
        this.lines = lines;
    }

    /**
     * @throws IllegalStateException if the data artifact is not on the class path
     */
    public static WordNet load() {
        List<String> lines = new ArrayList<>();
        for (String file : FILES) {
            readInto(lines, file);
        }
        return new WordNet(lines);
    }

    /** How many definitions there are. */
    public int size() {
        return lines.size();
    }

    /** The first so many in a random order that depends on the seed alone. */
    public List<Definition> sample(int count, long seed) {
        List<String> shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled.stream().limit(count).map(DataLine::parse).toList();
    }

    private static void readInto(List<String> lines, String file) {
        try (InputStream in = WordNet.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException("class path: no " + FOLDER + file
                        + " (expected: proxy/demo/target/lib, which ./crossfade adds)");
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1))
                    .lines()
                    .filter(DataLine::isDefinition)
                    .forEach(lines::add);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }
}
