/** Puts the sidecar together. */
@NullMarked
package io.crossfade.proxy;

import org.jspecify.annotations.NullMarked;
