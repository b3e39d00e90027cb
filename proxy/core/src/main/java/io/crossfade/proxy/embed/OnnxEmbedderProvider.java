package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.settings.Settings;
import java.util.Map;

/**
 * Models that run in this process, through LangChain4j. The models and their runtime are artifacts of their own, which
 * need not be on the classpath: this class does not touch theirs before it has seen the model.
 */
public final class OnnxEmbedderProvider implements EmbedderProvider {
    @Override
    public String type() {
        return "onnx";
    }

    @Override
    public void check(Space space, Map<String, Object> options) {
        checkDimensions(space, model(options));
    }

    private static OnnxModel model(Map<String, Object> options) {
        return OnnxModel.of(Settings.bind(OnnxOptions.class, options).artifact());
    }

    private static void checkDimensions(Space space, OnnxModel model) {
        if (model.dimensions() != space.dimensions()) {
            throw new IllegalArgumentException("artifact: " + model.artifact() + ": " + model.dimensions()
                    + " dimensions (expected: " + space.dimensions() + ", as space " + space.name() + " has)");
        }
    }

    @Override
    public Embedder create(Space space, Map<String, Object> options, Context context) {
        OnnxModel model = model(options);
        if (!model.isOnClasspath()) {
            throw new IllegalArgumentException("artifact: " + model.artifact()
                    + " (expected: dev.langchain4j:langchain4j-embeddings-" + model.artifact() + " on the classpath)");
        }
        checkDimensions(space, model);
        try {
            return OnnxEmbedder.load(model, context.blocking());
        } catch (LinkageError e) {
            throw new IllegalStateException("artifact: " + model.artifact() + ": no runtime for this machine: " + e, e);
        }
    }

    /**
     * Settings of the type {@code onnx}.
     *
     * @param artifact which model: the end of the artifact's name
     */
    record OnnxOptions(String artifact) {}
}
