package io.crossfade.proxy.demo.check;

import java.util.List;

/** Makes vectors once more, to see whether an index holds the right ones. */
@FunctionalInterface
public interface Model {
    /** One vector per text, in order. */
    List<float[]> embed(List<String> texts);
}
