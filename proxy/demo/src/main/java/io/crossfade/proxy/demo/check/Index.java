package io.crossfade.proxy.demo.check;

import java.util.List;

/**
 * One index under inspection.
 *
 * @param name for findings
 * @param serves applications read from it, so that an acked write must show there
 * @param space the name of its embedding space
 * @param fingerprint of that space
 * @param stamped every vector must say where it came from
 * @param contents everything it holds
 */
public record Index(
        String name, boolean serves, String space, String fingerprint, boolean stamped, List<Holding> contents) {
    public Index {
        contents = List.copyOf(contents);
    }
}
