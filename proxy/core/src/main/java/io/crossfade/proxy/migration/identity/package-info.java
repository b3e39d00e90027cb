/** Whether an index is still the one that it was: the notes on it, and what it was written last, read back. */
@NullMarked
package io.crossfade.proxy.migration.identity;

import org.jspecify.annotations.NullMarked;
