/** The data calls of the Crossfade protocol. */
@NullMarked
package io.crossfade.proxy.front.crossfade;

import org.jspecify.annotations.NullMarked;
