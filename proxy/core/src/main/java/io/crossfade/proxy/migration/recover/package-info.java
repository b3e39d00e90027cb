/** Brings documents back to an index that has lost them, from the one that follows it. */
@NullMarked
package io.crossfade.proxy.migration.recover;

import org.jspecify.annotations.NullMarked;
