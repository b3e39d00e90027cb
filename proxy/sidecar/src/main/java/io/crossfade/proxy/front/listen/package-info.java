/** Where and how the sidecar listens: addresses, event loops, health. */
@NullMarked
package io.crossfade.proxy.front.listen;

import org.jspecify.annotations.NullMarked;
