/** An index that only answers. */
@NullMarked
package io.crossfade.proxy.index.none;

import org.jspecify.annotations.NullMarked;
