/** What operators see: metrics, and the log of a migration. No other package knows the metrics library. */
@NullMarked
package io.crossfade.proxy.observe;

import org.jspecify.annotations.NullMarked;
