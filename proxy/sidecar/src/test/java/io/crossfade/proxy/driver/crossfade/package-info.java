/** Tests of the crossfade driver, against a real front over indexes in memory. */
@NullMarked
package io.crossfade.proxy.driver.crossfade;

import org.jspecify.annotations.NullMarked;
