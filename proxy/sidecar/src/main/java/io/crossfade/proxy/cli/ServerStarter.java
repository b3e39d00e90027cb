package io.crossfade.proxy.cli;

import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.plugin.Plugins;

/** Starts the sidecar. */
@FunctionalInterface
public interface ServerStarter {
    /** Returns when it serves; the plugins are closed with it, or if it fails. */
    Server start(CrossfadeConfig config, Plugins plugins) throws Exception;
}
