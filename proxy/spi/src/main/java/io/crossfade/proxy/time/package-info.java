/** Time as the sidecar sees it, so that tests can own it. */
@NullMarked
package io.crossfade.proxy.time;

import org.jspecify.annotations.NullMarked;
