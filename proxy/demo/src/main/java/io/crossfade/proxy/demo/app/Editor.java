package io.crossfade.proxy.demo.app;

import io.crossfade.client.Patch;
import io.crossfade.proxy.demo.corpus.Definition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Thinks up what documents say, and how they change. No two versions of a document are equal. Not thread-safe. */
final class Editor {
    /** Beyond 2^53: a double cannot hold it, so it shows whether integers survive. */
    private static final long FIRST_REVISION = (1L << 60) + 1;

    private static final long FEATURED_EVERY = 5;
    private long revision = FIRST_REVISION;

    /** From now on, versions are newer than this one, too. */
    void after(Entry entry) {
        revision = Math.max(revision, (Long) entry.metadata().getOrDefault("revision", 0L) + 1);
    }

    /** A document as it first appears, or appears again. */
    Entry first(Definition definition) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("pos", definition.partOfSpeech());
        metadata.put("lexfile", definition.lexicalFile());
        metadata.put("lemmas", definition.lemmas());
        metadata.put("edition", 1L);
        metadata.put("revision", revision++);
        return new Entry(definition.text(), metadata);
    }

    /** The text of the next edition, far enough from the last for its vector to be another one. */
    Entry edit(Definition definition, Entry entry) {
        long edition = (Long) entry.metadata().getOrDefault("edition", 1L) + 1;
        List<String> lemmas = definition.lemmas();
        String word = lemmas.get((int) (edition % lemmas.size()));
        String text = "Edition " + edition + ", on the " + definition.partOfSpeech() + " \"" + word + "\": "
                + definition.text();
        return entry.withText(text).with("edition", edition).with("revision", revision++);
    }

    /** A change that leaves the text as it is. */
    MetadataChange changeMetadata(Entry entry) {
        long next = revision++;
        Patch patch = Patch.set("revision", next);
        Entry changed = entry.with("revision", next);
        if (entry.metadata().containsKey("featured")) {
            return new MetadataChange(patch.andRemove("featured"), changed.without("featured"));
        } else if (next % FEATURED_EVERY == 0) {
            return new MetadataChange(patch.andSet("featured", true), changed.with("featured", true));
        }
        return new MetadataChange(patch, changed);
    }

    /** A patch, and what it makes of the document. */
    record MetadataChange(Patch patch, Entry entry) {}
}
