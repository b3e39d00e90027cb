package io.crossfade.proxy.config;

import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.settings.Default;
import java.util.List;

/**
 * Settings of where an index has the text of a document.
 *
 * @param fields metadata keys that make up the text, in order; none: text is a field of its own
 * @param join put between them
 */
public record TextSettings(
        List<String> fields, @Default("\n") String join) {
    public TextSettings {
        fields = List.copyOf(fields);
    }

    TextSource toSource() {
        return fields.isEmpty() ? TextSource.OWN : new TextSource(fields, join);
    }
}
