/** Sends writes to the follower, unless it is known to be in trouble. */
@NullMarked
package io.crossfade.proxy.write.mirror;

import org.jspecify.annotations.NullMarked;
