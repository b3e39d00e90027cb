/** The processes that the demo starts, stops, freezes and kills. */
@NullMarked
package io.crossfade.proxy.demo.process;

import org.jspecify.annotations.NullMarked;
