/** Keeps an index from being migrated by one control store while sidecars with another one write to it. */
@NullMarked
package io.crossfade.proxy.migration.claim;

import org.jspecify.annotations.NullMarked;
