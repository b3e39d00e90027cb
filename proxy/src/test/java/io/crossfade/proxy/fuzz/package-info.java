/** What the fuzz tests share. */
@NullMarked
package io.crossfade.proxy.fuzz;

import org.jspecify.annotations.NullMarked;
