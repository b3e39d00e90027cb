/** How a write reaches its index or indexes. */
@NullMarked
package io.crossfade.proxy.write;

import org.jspecify.annotations.NullMarked;
