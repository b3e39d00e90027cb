/** Time and threads as the sidecar sees them, so that tests can own the one, and nobody uses up another's share of the other. */
@NullMarked
package io.crossfade.proxy.time;

import org.jspecify.annotations.NullMarked;
