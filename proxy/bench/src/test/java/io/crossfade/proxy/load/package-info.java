/** Measures whole processes under load, beside others in the same run: one is worth as much as its neighbour. */
@NullMarked
package io.crossfade.proxy.load;

import org.jspecify.annotations.NullMarked;
