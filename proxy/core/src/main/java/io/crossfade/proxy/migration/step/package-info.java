/** One step of all members from one phase to the next. */
@NullMarked
package io.crossfade.proxy.migration.step;

import org.jspecify.annotations.NullMarked;
