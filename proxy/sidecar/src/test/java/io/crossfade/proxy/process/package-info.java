/** What tests with real processes are made of: sidecars to start, kill and stop, their network, load, operators. */
@NullMarked
package io.crossfade.proxy.process;

import org.jspecify.annotations.NullMarked;
