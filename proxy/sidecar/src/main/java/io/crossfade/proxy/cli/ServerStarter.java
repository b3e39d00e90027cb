package io.crossfade.proxy.cli;

import io.crossfade.proxy.config.CrossfadeConfig;

/** Starts the sidecar. */
@FunctionalInterface
public interface ServerStarter {
    /** Returns when it serves. */
    Server start(CrossfadeConfig config) throws Exception;
}
