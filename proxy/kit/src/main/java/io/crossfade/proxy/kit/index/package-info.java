/** The conformance kit: what every driver must do, against the real engine. */
@NullMarked
package io.crossfade.proxy.kit.index;

import org.jspecify.annotations.NullMarked;
