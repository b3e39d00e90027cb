/** Makes the follower equal to the leader for given keys: the one primitive of copying, replay and repair. */
@NullMarked
package io.crossfade.proxy.migration.reconcile;

import org.jspecify.annotations.NullMarked;
