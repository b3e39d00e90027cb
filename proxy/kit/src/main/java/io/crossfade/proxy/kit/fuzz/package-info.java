/** Code that the fuzz tests share. */
@NullMarked
package io.crossfade.proxy.kit.fuzz;

import org.jspecify.annotations.NullMarked;
