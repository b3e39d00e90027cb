/** Tests of the write path. */
@NullMarked
package io.crossfade.proxy.write;

import org.jspecify.annotations.NullMarked;
