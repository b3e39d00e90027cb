/** Tests of the backfill. */
@NullMarked
package io.crossfade.proxy.migration.backfill;

import org.jspecify.annotations.NullMarked;
