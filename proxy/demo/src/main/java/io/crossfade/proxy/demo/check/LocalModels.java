package io.crossfade.proxy.demo.check;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;

/** The models of the demo, without Crossfade's own embedders. */
public final class LocalModels {
    private LocalModels() {}

    /** The old one. */
    public static Model minilm() {
        return model(new AllMiniLmL6V2QuantizedEmbeddingModel());
    }

    /** The new one. */
    public static Model bge() {
        return model(new BgeSmallEnV15QuantizedEmbeddingModel());
    }

    private static Model model(EmbeddingModel model) {
        return texts -> model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
                .map(Embedding::vector)
                .toList();
    }
}
