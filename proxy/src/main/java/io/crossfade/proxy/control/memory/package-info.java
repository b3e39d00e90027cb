/** A control store in memory, shared by the members of a simulated fleet. */
@NullMarked
package io.crossfade.proxy.control.memory;

import org.jspecify.annotations.NullMarked;
