/** Turns text into vectors. */
@NullMarked
package io.crossfade.proxy.embed;

import org.jspecify.annotations.NullMarked;
