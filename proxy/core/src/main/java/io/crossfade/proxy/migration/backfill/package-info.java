/** Copies history while writes go on. */
@NullMarked
package io.crossfade.proxy.migration.backfill;

import org.jspecify.annotations.NullMarked;
