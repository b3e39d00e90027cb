/** Puts one collection together out of its stages. Production and the simulation are put together here alike. */
@NullMarked
package io.crossfade.proxy.assembly;

import org.jspecify.annotations.NullMarked;
