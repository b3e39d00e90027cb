/** Text for people at a terminal, and for logs when there is none. */
@NullMarked
package io.crossfade.proxy.terminal;

import org.jspecify.annotations.NullMarked;
