/** Writes the parts of messages that more than one protocol needs. */
@NullMarked
package io.crossfade.proxy.front.api;

import org.jspecify.annotations.NullMarked;
