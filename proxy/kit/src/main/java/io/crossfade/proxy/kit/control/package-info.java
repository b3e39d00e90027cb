/** A control store in memory, shared by the members of a simulated fleet. */
@NullMarked
package io.crossfade.proxy.kit.control;

import org.jspecify.annotations.NullMarked;
