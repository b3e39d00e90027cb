/** Tests of the memory driver. */
@NullMarked
package io.crossfade.proxy.index.memory;

import org.jspecify.annotations.NullMarked;
