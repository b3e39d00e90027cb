/** Moves a collection from one index to another. */
@NullMarked
package io.crossfade.proxy.migration;

import org.jspecify.annotations.NullMarked;
