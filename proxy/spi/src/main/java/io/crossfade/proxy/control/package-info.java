/** Keeps what all sidecars of a fleet agree on: a few records per collection, changed by compare-and-set only. */
@NullMarked
package io.crossfade.proxy.control;

import org.jspecify.annotations.NullMarked;
