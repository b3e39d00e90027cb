/** Plain HTTP for probes and scrapers. */
@NullMarked
package io.crossfade.proxy.front.ops;

import org.jspecify.annotations.NullMarked;
