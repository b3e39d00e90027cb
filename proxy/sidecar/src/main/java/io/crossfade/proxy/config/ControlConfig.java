package io.crossfade.proxy.config;

import io.crossfade.proxy.settings.Default;
import java.nio.file.Path;

/**
 * Where routes and steps are kept.
 *
 * @param dir relative to {@code data_dir}, if not absolute
 * @param bootstrap accept an empty store although an index bears a later epoch
 */
public record ControlConfig(
        @Default("file") Store store,
        @Default("control") Path dir,
        @Default("false") boolean bootstrap) {
    /** Kinds of control store. */
    public enum Store {
        /** Files of this sidecar. */
        FILE
    }
}
