/** Tests of routes. */
@NullMarked
package io.crossfade.proxy.route;

import org.jspecify.annotations.NullMarked;
