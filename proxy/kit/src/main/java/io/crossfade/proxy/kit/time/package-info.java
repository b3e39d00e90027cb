/** Time that passes when it is told to. */
@NullMarked
package io.crossfade.proxy.kit.time;

import org.jspecify.annotations.NullMarked;
