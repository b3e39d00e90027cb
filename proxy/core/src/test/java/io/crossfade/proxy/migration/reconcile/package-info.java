/** Tests of reconcile and replay. */
@NullMarked
package io.crossfade.proxy.migration.reconcile;

import org.jspecify.annotations.NullMarked;
