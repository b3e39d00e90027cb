/** Whole migrations out of seeds: one thread, simulated time, and a history that decides. */
@NullMarked
package io.crossfade.proxy.simulation;

import org.jspecify.annotations.NullMarked;
