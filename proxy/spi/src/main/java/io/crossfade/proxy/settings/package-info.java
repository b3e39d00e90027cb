/** Turns maps of plain values into validated records; used for the configuration and for the options of drivers. */
@NullMarked
package io.crossfade.proxy.settings;

import org.jspecify.annotations.NullMarked;
