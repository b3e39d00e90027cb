/** Drivers and control stores: those in the sidecar's jar, and those beside it, which have libraries of their own. */
@NullMarked
package io.crossfade.proxy.plugin;

import org.jspecify.annotations.NullMarked;
