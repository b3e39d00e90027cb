package io.crossfade.proxy.embed;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import io.crossfade.proxy.model.Embedding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A model in this process. It computes one text at a time, so nothing is gained by sorting texts by length. The model
 * stays loaded after {@link #close}: a computation that is under way must not lose it.
 */
final class OnnxEmbedder implements Embedder {
    private final EmbeddingModel model;
    private final Executor blocking;

    private OnnxEmbedder(EmbeddingModel model, Executor blocking) {
        this.model = model;
        this.blocking = blocking;
    }

    static OnnxEmbedder load(OnnxModel model, Executor blocking) {
        // One thread computes a text: several, which spin while they wait for each other, cost twice the processor
        // time for it. Requests under way are what uses more processors.
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                InputStream weights = Objects.requireNonNull(model.weights());
                InputStream tokenizer = Objects.requireNonNull(model.tokenizer())) {
            options.setIntraOpNumThreads(1);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            OrtSession session = environment.createSession(weights.readAllBytes(), options);
            PoolingMode pooling = PoolingMode.valueOf(model.pooling());
            return new OnnxEmbedder(
                    new InProcessModel(new OnnxBertBiEncoder(environment, session, tokenizer, pooling)), blocking);
        } catch (OrtException e) {
            throw new IllegalStateException("artifact: " + model.artifact() + " cannot be loaded: " + e, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        return CompletableFuture.supplyAsync(() -> compute(texts), blocking);
    }

    @Override
    public void close() {}

    private List<Embedding> compute(List<String> texts) {
        List<TextSegment> segments = texts.stream().map(TextSegment::from).toList();
        return model.embedAll(segments).content().stream()
                .map(vector -> Embedding.of(vector.vector()))
                .toList();
    }

    /** A model that computes a whole request on the thread that asks. */
    private static final class InProcessModel extends AbstractInProcessEmbeddingModel {
        private final OnnxBertBiEncoder encoder;

        InProcessModel(OnnxBertBiEncoder encoder) {
            super(Runnable::run);
            this.encoder = encoder;
        }

        @Override
        protected OnnxBertBiEncoder model() {
            return encoder;
        }
    }
}
