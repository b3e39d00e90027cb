/**
 * Whether nothing was lost: compares what an application saw acked with everything that an index holds. Knows the
 * public API alone, nothing of what goes on inside.
 */
@NullMarked
package io.crossfade.proxy.demo.check;

import org.jspecify.annotations.NullMarked;
