/** The configuration file as typed, immutable records. Known to the composition root only. */
@NullMarked
package io.crossfade.proxy.config;

import org.jspecify.annotations.NullMarked;
