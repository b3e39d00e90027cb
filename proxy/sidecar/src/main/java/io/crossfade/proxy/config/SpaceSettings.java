package io.crossfade.proxy.config;

import io.crossfade.proxy.embed.EmbedderSettings;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import org.jspecify.annotations.Nullable;

/** An entry of {@code spaces}: what {@link Space} says, and what embeds its texts, if anything does. */
public record SpaceSettings(
        String model,
        @Default("") String revision,
        int dimensions,
        Space.Metric metric,
        @Default("true") boolean normalised,
        @Default("") String documentPrefix,
        @Default("") String queryPrefix,
        @Default("0") int maxChars,
        @Nullable EmbedderSettings embedder) {
    private static final int MAX_DIMENSIONS = 65_536;

    public SpaceSettings {
        new Check()
                .notEmpty("model", model)
                .between("dimensions", dimensions, 1, MAX_DIMENSIONS)
                .atLeast("max_chars", maxChars, 0)
                .done();
    }

    Space toSpace(String name) {
        return new Space(name, model, revision, dimensions, metric, normalised, documentPrefix, queryPrefix, maxChars);
    }
}
