package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.settings.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes embedders of any server with an OpenAI-compatible {@code /v1/embeddings}: OpenAI, Ollama, vLLM, TEI and others.
 */
public final class OpenAiEmbedderProvider implements EmbedderProvider {
    @Override
    public String type() {
        return "openai";
    }

    @Override
    public void check(Space space, Map<String, Object> options) {
        options(space, options);
    }

    private static OpenAiOptions options(Space space, Map<String, Object> options) {
        OpenAiOptions bound = Settings.bind(OpenAiOptions.class, options);
        Integer asked = bound.dimensions();
        if (asked != null && asked != space.dimensions()) {
            throw new IllegalArgumentException("dimensions: " + asked + " (expected: " + space.dimensions()
                    + ", as space " + space.name() + " has)");
        }
        return bound;
    }

    @Override
    public Embedder create(Space space, Map<String, Object> options, Context context) {
        return new OpenAiEmbedder(space, options(space, options), context);
    }

    /**
     * Settings of the type {@code openai}.
     *
     * @param url up to and with {@code /v1}
     * @param model as the server calls it; absent: as the space calls it
     * @param apiKey sent as a bearer token; empty: not sent
     * @param dimensions asked of models that can shorten their vectors; absent: not asked
     * @param timeout of one request, its answer included
     */
    record OpenAiOptions(
            String url,
            @Nullable String model,
            @Default("") String apiKey,
            @Nullable Integer dimensions,
            @Default("10s") Duration timeout) {
        OpenAiOptions {
            new Check()
                    .that(isHttp(url), "url", url, "http://HOST[:PORT]/v1 or https://...")
                    .positive("dimensions", dimensions == null ? 1 : dimensions)
                    .positive("timeout", timeout)
                    .done();
        }

        private static boolean isHttp(String url) {
            try {
                URI uri = URI.create(url);
                return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        @Override
        public String toString() {
            return "OpenAiOptions[url=" + url + ", model=" + model + "]";
        }
    }
}
