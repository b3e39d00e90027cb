/** An index in this process's memory, and one that misbehaves on request. */
@NullMarked
package io.crossfade.proxy.kit.memory;

import org.jspecify.annotations.NullMarked;
