package io.crossfade.proxy.model;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The place where a document's text is found.
 *
 * @param fields metadata keys that make up the text, in order; empty if text is a part of its own
 * @param join put between them
 */
public record TextSource(List<String> fields, String join) {
    /** The source of documents whose text is a part of its own. */
    public static final TextSource OWN = new TextSource(List.of(), "");

    public TextSource {
        fields = List.copyOf(fields);
    }

    public boolean isOwn() {
        return fields.isEmpty();
    }

    /** The text to embed; null if there is none. */
    public @Nullable String of(@Nullable String text, Map<String, Value> metadata) {
        if (isOwn()) {
            return text;
        }
        String joined = fields.stream()
                .map(metadata::get)
                .filter(Value.Text.class::isInstance)
                .map(value -> ((Value.Text) value).value())
                .filter(part -> !part.isBlank())
                .collect(Collectors.joining(join));
        return joined.isEmpty() ? null : joined;
    }

    /** Whether the patch may change the text. */
    public boolean isTouchedBy(MetadataPatch patch) {
        return fields.stream().anyMatch(patch::touches);
    }
}
