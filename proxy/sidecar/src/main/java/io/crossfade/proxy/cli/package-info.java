/** The command line. */
@NullMarked
package io.crossfade.proxy.cli;

import org.jspecify.annotations.NullMarked;
