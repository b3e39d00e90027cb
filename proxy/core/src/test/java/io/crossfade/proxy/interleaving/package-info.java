/** Lock-free pieces in many orders of their steps. */
@NullMarked
package io.crossfade.proxy.interleaving;

import org.jspecify.annotations.NullMarked;
