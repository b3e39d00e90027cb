package io.crossfade.proxy.migrations;

import io.crossfade.proxy.demo.check.LocalModels;
import io.crossfade.proxy.demo.check.Model;
import java.util.Random;

/**
 * An embedding space.
 *
 * @param settings as the configuration has them
 * @param embedder likewise
 * @param model the same, without Crossfade
 */
public record Space(String name, String settings, String embedder, Model model) {
    private static final int DIMENSIONS = 64;

    /** One whose vectors cost next to nothing: they are drawn, the text being the seed. */
    static Space drawn(String url) {
        return new Space(
                "drawn",
                "model: drawn, dimensions: " + DIMENSIONS + ", metric: cosine",
                "{type: openai, url: \"" + url + "\"}",
                texts -> texts.stream().map(Space::draw).toList());
    }

    static float[] draw(String text) {
        Random random = new Random(text.hashCode());
        float[] vector = new float[DIMENSIONS];
        double squares = 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
            squares += (double) vector[i] * vector[i];
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / Math.sqrt(squares));
        }
        return vector;
    }

    public static Space minilm() {
        return new Space(
                "minilm",
                "model: all-MiniLM-L6-v2, dimensions: 384, metric: cosine",
                "{type: onnx, artifact: all-minilm-l6-v2-q}",
                LocalModels.minilm());
    }

    static Space bge() {
        return new Space(
                "bge",
                "model: bge-small-en-v1.5, dimensions: 384, metric: cosine,"
                        + " query_prefix: \"Represent this sentence for searching relevant passages: \"",
                "{type: onnx, artifact: bge-small-en-v15-q}",
                LocalModels.bge());
    }

    /** As a line of the configuration. */
    String whole() {
        return name + ": {" + settings + ", embedder: " + embedder + "}";
    }

    /** The same, for a sidecar that embeds nothing. */
    public String withoutEmbedder() {
        return name + ": {" + settings + "}";
    }
}
