package io.crossfade.proxy.embed;

import java.io.InputStream;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a model is found on the classpath, and how its tokens become one vector: as its authors trained it. */
enum OnnxModel {
    ALL_MINILM_L6_V2("all-minilm-l6-v2-q", "all-minilm-l6-v2-q", "MEAN", 384),
    BGE_SMALL_EN_V15("bge-small-en-v15-q", "bge-small-en-v1.5-q", "CLS", 384);

    private final String artifact;
    private final String resource;
    private final String pooling;
    private final int dimensions;

    OnnxModel(String artifact, String resource, String pooling, int dimensions) {
        this.artifact = artifact;
        this.resource = "/" + resource;
        this.pooling = pooling;
        this.dimensions = dimensions;
    }

    static OnnxModel of(String artifact) {
        return Arrays.stream(values())
                .filter(each -> each.artifact.equals(artifact))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("artifact: " + artifact + " (expected: one of "
                        + Arrays.stream(values()).map(OnnxModel::artifact).collect(Collectors.joining(", ")) + ")"));
    }

    String artifact() {
        return artifact;
    }

    int dimensions() {
        return dimensions;
    }

    /** Name of LangChain4j's pooling mode, which may not be on the classpath. */
    String pooling() {
        return pooling;
    }

    boolean isOnClasspath() {
        return OnnxModel.class.getResource(resource + ".onnx") != null;
    }

    @Nullable
    InputStream weights() {
        return OnnxModel.class.getResourceAsStream(resource + ".onnx");
    }

    @Nullable
    InputStream tokenizer() {
        return OnnxModel.class.getResourceAsStream(resource + "-tokenizer.json");
    }
}
