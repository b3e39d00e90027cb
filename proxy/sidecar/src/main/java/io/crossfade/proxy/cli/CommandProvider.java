package io.crossfade.proxy.cli;

import java.util.List;

/**
 * Commands that lie beside the sidecar's jar on the class path, such as the demo; found by
 * {@link java.util.ServiceLoader}.
 */
public interface CommandProvider {
    /** Classes with picocli's annotation {@code Command} and a constructor without parameters. */
    List<Class<?>> commands();
}
