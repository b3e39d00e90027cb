/** An index that only answers. */
@NullMarked
package io.crossfade.proxy.kit.none;

import org.jspecify.annotations.NullMarked;
