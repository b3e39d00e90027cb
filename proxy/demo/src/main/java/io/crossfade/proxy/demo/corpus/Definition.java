package io.crossfade.proxy.demo.corpus;

import java.util.List;

/**
 * One meaning in WordNet.
 *
 * @param id {@code 02086723-n}: offset and part of speech, as WordNet names it
 * @param partOfSpeech noun, verb, adjective or adverb
 * @param lexicalFile the part of the dictionary it belongs to, such as {@code noun.animal}
 * @param lemmas the words that have this meaning
 * @param examples sentences that use one of the lemmas in this meaning; often none
 */
public record Definition(
        String id, String partOfSpeech, String lexicalFile, List<String> lemmas, String text, List<String> examples) {
    public Definition {
        lemmas = List.copyOf(lemmas);
        examples = List.copyOf(examples);
    }

    /** The same, as an engine knows it whose ids are numbers: {@code 102086723}, the part of speech first. */
    Definition numbered() {
        return new Definition(numbered(id), partOfSpeech, lexicalFile, lemmas, text, examples);
    }

    static String numbered(String id) {
        int dash = id.indexOf('-');
        return 1 + "nvar".indexOf(id.charAt(dash + 1)) + id.substring(0, dash);
    }
}
