/**
 * A conformance kit that every control store has to pass, and a control store in memory, which the members of a
 * simulated fleet share.
 */
@NullMarked
package io.crossfade.proxy.kit.control;

import org.jspecify.annotations.NullMarked;
